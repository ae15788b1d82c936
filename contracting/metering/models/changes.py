"""That something has changed which decides whose usage is and what it costs."""

from __future__ import annotations

from typing import Final

from django.db import models

from contracting.core.models import Timestamped


class TermsChange(Timestamped):
    """A transaction has changed an order, a price, a key or another term of usage.

    Triggers add the row in the very transaction that changes one of ``WATCHED``. What a
    process has read of them holds as long as no row has come that its snapshot did not
    see. One row for each transaction, and no row is shared by two: nobody waits here.
    """

    xid = models.BigIntegerField(
        primary_key=True, help_text="The number of the transaction."
    )

    def __str__(self) -> str:
        return f"transaction {self.xid}"


WATCHED: Final = (
    "contracts_burnrate",
    "contracts_contract",
    "contracts_raterow",
    "incidents_authorization",
    "metering_keymapping",
    "metering_outcomepolicy",
    "metering_sourceofrecord",
    "metering_usagelimit",
    "metering_usagesource",
    "orders_orderline",
    "orders_orderrate",
    "orders_taskorder",
    "reference_aimodel",
    "reference_modelalias",
    "reference_outcomedefault",
    "reference_tokenclass",
    "terminations_letter",
)
"""The tables whose rows decide on usage, and are kept between batches."""

"""Draw usage on the funds: up to the live limit funded, the rest recorded in full."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.subjects import Subject
from contracting.ledger import events
from contracting.ledger.operations.consume_batch import _draw_usage, _usage_data
from contracting.ledger.operations.post import _lock_book
from contracting.ledger.states import Consumed, Consumption, Holder


@transaction.atomic
def consume(
    *,
    holder: Holder,
    entries: Sequence[Consumption],
    because: Subject,
    by: Actor,
    at: datetime,
) -> list[Consumed]:
    """Draw the usage of one line on its funds.

    The same as :func:`~contracting.ledger.operations.consume_batch.consume_batch` for a
    batch that touches one line.

    :raises BalanceNotOpen: if no funds were ever opened for the line
    :raises AmountNotPositive: for a negative count; a correction reverses a transfer
    """
    by_holder = {holder: entries}
    book = _lock_book(because=because, by=by, at=at, holders=by_holder)
    drawn = _draw_usage(book, by_holder)
    record_event(
        events.USAGE_CONSUMED,
        subject=because,
        by=by,
        at=at,
        data=_usage_data(by_holder, drawn),
    )
    return drawn[holder]

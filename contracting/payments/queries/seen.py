"""What a certifier reads before signing, as one hash."""

from __future__ import annotations

from datetime import date
from typing import Any

from contracting.billing.models import Invoice
from contracting.core.canonical import content_sha256
from contracting.core.quantities import total_dollars
from contracting.payments.queries import accepted_by_acrn
from contracting.payments.queries.clocks import (
    clocks_of,
    discount_for,
    sum_of,
    uncertified,
)
from contracting.payments.queries.offsets import offsets_for


def seen_of(invoice: Invoice, on: date) -> str:
    """SHA-256 of the voucher that would be certified on a day.

    It holds what is accepted, from which funds it is paid, when it is due, and which
    credits and discount come off, whether credits are set off or only those that are
    stated: the form asks which.
    """
    waiting = list(uncertified(invoice))
    parts = accepted_by_acrn(waiting)
    accepted = sum_of(waiting)
    ways: dict[str, Any] = {}
    for name, set_off in (("set_off", True), ("stated", False)):
        offsets = offsets_for(invoice, parts, set_off=set_off)
        left = accepted - total_dollars(each.dollars for each in offsets)
        discount = discount_for(invoice, left, on)
        ways[name] = {
            "offsets": [
                {
                    "credit": each.credit.public_id,
                    "line": each.line.pk if each.line else None,
                    "settlement": each.settlement.pk if each.settlement else None,
                    "dollars": each.dollars,
                }
                for each in offsets
            ],
            "discount": discount.of(left) if discount else None,
        }
    return content_sha256(
        {
            "invoice": invoice.public_id,
            "acceptances": [each.pk for each in waiting],
            "parts": {str(line): by_acrn for line, by_acrn in parts.items()},
            "due_on": [clocks_of(each).due_on for each in waiting],
            **ways,
        }
    )

"""The credits that were due when an invoice was received, and what it takes off."""

from __future__ import annotations

from collections.abc import Iterator

from contracting.billing.models import CreditLine, Invoice
from contracting.billing.queries.credits import credits_due
from contracting.billing.states import CreditKind
from contracting.core.quantities import Dollars
from contracting.reconciliation.states import Credited


def credited_on(invoice: Invoice | None) -> Iterator[Credited]:
    """What was open of each credit of the order before this invoice took of it."""
    if invoice is None:
        return
    lines = CreditLine.objects.filter(invoice=invoice, voided_at__isnull=True)
    own = {each.credit_id: each for each in lines.select_related("credit")}
    due = {
        each.credit.pk: each for each in credits_due(invoice.order, invoice.received_at)
    }
    known = {pk: each.credit for pk, each in due.items()}
    known |= {pk: line.credit for pk, line in own.items()}
    for pk, credit in sorted(known.items()):
        stated = Dollars(own[pk].amount_dollars) if pk in own else Dollars()
        left = due[pk].open if pk in due else Dollars()
        yield Credited(
            credit=credit.public_id,
            order_line_id=credit.order_line_id,
            due=left + stated,
            stated=stated,
            is_for_service=credit.kind == CreditKind.SLA,
        )

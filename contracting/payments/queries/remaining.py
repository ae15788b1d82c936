"""What a payment leaves: on each line and ACRN, and beside earlier invoices."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet, Sum

from contracting.billing.models import Invoice
from contracting.billing.states import InvoiceState
from contracting.core.quantities import Dollars
from contracting.ledger.queries import balances_of
from contracting.orders.models import OrderLine
from contracting.payments.queries import holder_of

_GONE = (InvoiceState.RETURNED, InvoiceState.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class FundsBehind:
    """One ACRN of a line: what is obligated, paid, paid now, and then left."""

    clin: str
    acrn: str
    line_of_accounting: str
    obligated: Dollars
    paid: Dollars
    paying: Dollars

    @property
    def left(self) -> Dollars:
        """Obligated and not paid after this payment."""
        return self.obligated - self.paid - self.paying


def funds_behind(parts: dict[int, dict[str, Dollars]]) -> list[FundsBehind]:
    """The funds that a payment draws on, by line and ACRN.

    :param parts: what is paid by order line and ACRN
    """
    lines = OrderLine.objects.select_related("contract_line").in_bulk(list(parts))
    return [
        FundsBehind(
            clin=lines[line_id].clin,
            acrn=row.acrn,
            line_of_accounting=str(row.line_of_accounting),
            obligated=Dollars(row.obligated_dollars),
            paid=Dollars(row.paid_dollars),
            paying=by_acrn[row.acrn],
        )
        for line_id, by_acrn in sorted(parts.items())
        for row in balances_of(holder_of(line_id))
        if row.acrn in by_acrn
    ]


def earlier_invoices(invoice: Invoice) -> QuerySet[Invoice]:
    """The invoices on the same order before this one, with what of each is accepted."""
    rows = Invoice.objects.filter(order=invoice.order_id, pk__lt=invoice.pk)
    return (
        rows.exclude(state__in=_GONE)
        .annotate(accepted=Sum("acceptances__accepted_dollars", default=Decimal(0)))
        .order_by("-pk")[:10]
    )

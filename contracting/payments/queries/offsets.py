"""What a voucher takes off: credits that its invoice states, and those set off."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db.models import QuerySet, Sum

from contracting.billing.models import (
    CreditDue,
    CreditLine,
    CreditSettlement,
    Invoice,
)
from contracting.billing.queries.credits import credit_lines_of, open_credits
from contracting.billing.states import InvoiceState
from contracting.core.quantities import Dollars, total_dollars
from contracting.ledger.queries import balances_of
from contracting.payments.models import PaymentCertification, PaymentOffset
from contracting.payments.queries import holder_of


@dataclass(frozen=True, slots=True)
class Offset:
    """A part of a credit that a voucher takes off; without ``line`` it is set off.

    ``settlement`` is of a returned voucher, to be taken over.
    """

    credit: CreditDue
    line: CreditLine | None
    dollars: Dollars
    settlement: CreditSettlement | None = None


def offsets_for(
    invoice: Invoice, parts: dict[int, dict[str, Dollars]], *, set_off: bool
) -> list[Offset]:
    """What a voucher with these parts takes off: stated credits first, oldest first.

    Never more than it pays, and of each ACRN never more than that has paid or pays now.
    What other invoices were to take off and are too small for is set off too.

    :param parts: what the voucher pays by order line and ACRN
    """
    wanted = list(_left_of(invoice))
    if set_off:
        wanted += _left_by_others(invoice)
        due = open_credits(invoice.order)
        wanted += [Offset(each, None, each.open) for each in due]
    left = total_dollars(
        amount for by_acrn in parts.values() for amount in by_acrn.values()
    )
    room: dict[tuple[int, str], Dollars] = {}
    found = []
    for each in wanted:
        place = (each.credit.order_line_id, each.credit.acrn)
        if place not in room:
            paying = parts.get(place[0], {}).get(place[1], Dollars())
            room[place] = paying + paid_and_not_promised(each.credit)
        taken = min(each.dollars, left, room[place])
        if taken > Dollars(0):
            found.append(replace(each, dollars=taken))
            left -= taken
            room[place] -= taken
    return found


def _left_by_others(invoice: Invoice) -> Iterator[Offset]:
    """What other invoices of the order were to take off, and are too small for.

    All that is accepted of them is on vouchers by now.
    """
    certified = [InvoiceState.CERTIFIED, InvoiceState.PAID]
    rows = Invoice.objects.filter(order=invoice.order_id, state__in=certified)
    for other in rows.exclude(pk=invoice.pk).order_by("pk"):
        yield from _left_of(other)


def _left_of(invoice: Invoice) -> Iterator[Offset]:
    """What an invoice states, and then what returned vouchers of it had set off."""
    for line in credit_lines_of(invoice).filter(voided_at__isnull=True):
        rows = PaymentOffset.objects.filter(credit_line=line)
        left = Dollars(line.amount_dollars) - _standing_sum(rows)
        yield Offset(line.credit, line, left)
    of_invoice = PaymentOffset.objects.filter(
        certification__invoice=invoice, settlement__isnull=False
    )
    settled = CreditSettlement.objects.filter(pk__in=of_invoice.values("settlement"))
    for row in settled.select_related("credit__order_line__contract_line").order_by(
        "pk"
    ):
        taken = _standing_sum(PaymentOffset.objects.filter(settlement=row))
        yield Offset(row.credit, None, Dollars(row.dollars) - taken, row)


def _standing_sum(rows: QuerySet[PaymentOffset]) -> Dollars:
    """What vouchers that stand take off."""
    stands = rows.filter(certification__payment_return__isnull=True)
    return Dollars(stands.aggregate(sum=Sum("dollars"))["sum"] or Decimal(0))


def paid_and_not_promised(credit: CreditDue) -> Dollars:
    """What the funds of a credit have paid, less what unpaid vouchers need of it.

    A voucher that takes more off an ACRN than it pays from it needs what others have
    paid, in whatever order they are paid. Below zero where too little is left.
    """
    line_id, acrn = credit.order_line_id, credit.acrn
    rows = (row for row in balances_of(holder_of(line_id)) if row.acrn == acrn)
    paid = total_dollars(Dollars(row.paid_dollars) for row in rows)
    taken: dict[PaymentCertification, Dollars] = defaultdict(Dollars)
    waiting = PaymentOffset.objects.filter(
        credit__order_line=line_id,
        credit__acrn=acrn,
        certification__payment__isnull=True,
        certification__payment_return__isnull=True,
    )
    for row in waiting.select_related("certification"):
        taken[row.certification] += Dollars(row.dollars)
    for voucher, dollars in taken.items():
        pays = voucher.by_acrn.get(str(line_id), {}).get(acrn, "0")
        paid -= max(dollars - Dollars(Decimal(pays)), Dollars())
    return paid

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
    CreditReopening,
    CreditSettlement,
    Invoice,
)
from contracting.billing.queries.credits import credit_lines_of, open_credits
from contracting.billing.states import InvoiceState, SettlementKind
from contracting.core.quantities import Dollars, total_dollars
from contracting.ledger.queries import balances_of
from contracting.orders.models import TaskOrder
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

    @property
    def part(self) -> CreditLine | CreditSettlement:
        """The invoice line or the set-off that is to take it off.

        :raises ValueError: if it is to be set off for the first time
        """
        found = self.line or self.settlement
        if found is None:
            message = "Nothing is to take it off yet."
            raise ValueError(message)
        return found


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
            room[place] = paying + paid_and_not_promised(*place)
        taken = min(each.dollars, left, room[place])
        if taken > Dollars(0):
            found.append(replace(each, dollars=taken))
            left -= taken
            room[place] -= taken
    return found


def _left_by_others(invoice: Invoice) -> Iterator[Offset]:
    """What other invoices of the order were to take off, and are too small for."""
    for other in _certified(invoice.order_id).exclude(pk=invoice.pk):
        yield from _left_of(other)


def _certified(order_id: int) -> QuerySet[Invoice]:
    """The invoices of which all that is accepted is on vouchers by now."""
    states = [InvoiceState.CERTIFIED, InvoiceState.PAID]
    return Invoice.objects.filter(order=order_id, state__in=states).order_by("pk")


def left_untaken(order_id: int, *, invoice: Invoice | None = None) -> list[Offset]:
    """What invoices of an order were to take off, and no voucher of them takes.

    No cents of it are open, and without a next payment none would ever come back.

    :param invoice: only of this one; of all of them when ``None``
    """
    invoices = _certified(order_id) if invoice is None else [invoice]
    rows = (each for found in invoices for each in _left_of(found))
    return [each for each in rows if each.dollars > Dollars(0)]


def owed_back(order: TaskOrder) -> Dollars:
    """What the vendor still owes back on an order, wherever it stands."""
    due = [each.open for each in open_credits(order)]
    return total_dollars([*due, *(each.dollars for each in left_untaken(order.pk))])


def owed_on(credit: CreditDue) -> Dollars:
    """What of one credit is open, with what no voucher takes off."""
    rows = left_untaken(credit.order_id)
    left = (each.dollars for each in rows if each.credit.pk == credit.pk)
    return total_dollars([credit.open, *left])


def _left_of(invoice: Invoice) -> Iterator[Offset]:
    """What an invoice states, and then what returned vouchers of it had set off."""
    for line in credit_lines_of(invoice).filter(voided_at__isnull=True):
        rows = PaymentOffset.objects.filter(credit_line=line)
        left = Dollars(line.amount_dollars) - _standing_sum(rows) - _reopened(line)
        yield Offset(line.credit, line, left)
    of_invoice = PaymentOffset.objects.filter(
        certification__invoice=invoice, settlement__isnull=False
    )
    settled = CreditSettlement.objects.filter(pk__in=of_invoice.values("settlement"))
    for row in settled.select_related("credit__order_line__contract_line").order_by(
        "pk"
    ):
        taken = _standing_sum(PaymentOffset.objects.filter(settlement=row))
        left = Dollars(row.dollars) - taken - _reopened(row)
        yield Offset(row.credit, None, left, row)


def _reopened(part: CreditLine | CreditSettlement) -> Dollars:
    """What of it was opened again, so that it waits for no voucher any more."""
    rows: QuerySet[CreditReopening] = part.reopenings.all()
    return Dollars(rows.aggregate(sum=Sum("dollars"))["sum"] or Decimal(0))


def _standing_sum(rows: QuerySet[PaymentOffset]) -> Dollars:
    """What vouchers that stand take off."""
    stands = rows.filter(certification__payment_return__isnull=True)
    return Dollars(stands.aggregate(sum=Sum("dollars"))["sum"] or Decimal(0))


def paid_and_not_promised(line_id: int, acrn: str) -> Dollars:
    """What an ACRN of a line has paid, less what unpaid vouchers need of it.

    A voucher that takes more off an ACRN than it pays from it needs what others have
    paid, in whatever order they are paid. Below zero where too little is left.
    """
    rows = (row for row in balances_of(holder_of(line_id)) if row.acrn == acrn)
    paid = total_dollars(Dollars(row.paid_dollars) for row in rows)
    waiting = PaymentCertification.objects.filter(payment__isnull=True)
    return paid - total_dollars(_needs(waiting, line_id, acrn).values())


def _needs(
    vouchers: QuerySet[PaymentCertification], line_id: int, acrn: str
) -> dict[PaymentCertification, Dollars]:
    """What standing vouchers take off an ACRN beyond what they pay from it."""
    taken: dict[PaymentCertification, Dollars] = defaultdict(Dollars)
    rows = PaymentOffset.objects.filter(
        credit__order_line=line_id,
        credit__acrn=acrn,
        certification__in=vouchers.filter(payment_return__isnull=True),
    )
    for row in rows.select_related("certification").order_by("certification"):
        taken[row.certification] += Dollars(row.dollars)
    pays = {
        voucher: Dollars(Decimal(voucher.by_acrn.get(str(line_id), {}).get(acrn, "0")))
        for voucher in taken
    }
    return {
        each: taken[each] - pays[each] for each in taken if taken[each] > pays[each]
    }


def built_on(certification: PaymentCertification, line_id: int, acrn: str) -> list[str]:
    """The numbers of other vouchers, and refunds, that take off what an ACRN paid."""
    others = PaymentCertification.objects.exclude(pk=certification.pk)
    refunds = CreditSettlement.objects.filter(
        kind=SettlementKind.REFUND,
        credit__order_line=line_id,
        credit__acrn=acrn,
        settled_at__gte=certification.payment.paid_at,
        refund_return__isnull=True,
    )
    return [
        *(each.voucher_number for each in _needs(others, line_id, acrn)),
        *(f"refund {each.reference}" for each in refunds.order_by("pk")),
    ]

"""What interest a vendor owes on what it pays back late, and what of it was settled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet, Sum

from contracting.billing.models import CreditDue, CreditLine, CreditSettlement
from contracting.billing.queries.credits import credits_visible_to
from contracting.billing.states import SettlementKind
from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.core.periods import accounting_day
from contracting.core.quantities import Dollars, total_dollars
from contracting.orders.models import TaskOrder
from contracting.payments.calculations.debts import Earned, Owed, debt_interest
from contracting.payments.models import DebtInterest, PaymentOffset, RefundDemand
from contracting.payments.queries.clocks import prompt_payment_rate
from contracting.payments.refusals import RateMissing


@dataclass(frozen=True, slots=True)
class InterestOwed:
    """The interest on one debt until a day."""

    due: date
    free_until: date
    on: date
    earned: tuple[Earned, ...]
    settled: Dollars

    @property
    def total(self) -> Dollars:
        return total_dollars(each.interest for each in self.earned)

    @property
    def left(self) -> Dollars:
        """What of it has neither come in nor was waived."""
        return max(self.total - self.settled, Dollars())


def interest_owed(credit: CreditDue, on: date) -> InterestOwed | None:
    """The interest on a credit that was demanded; ``None`` where none was demanded.

    A set-off counts as paid on the day on which its voucher is paid, or else is due.

    :raises RateMissing: if some is owed and no rate of a half-year is loaded
    """
    demand: RefundDemand | None = credit.demands.order_by("pk").first()
    if demand is None:
        return None
    due = accounting_day(demand.demanded_at, credit.order.contract.time_zone)
    earned = debt_interest(
        _parts(credit),
        due=due,
        free_until=demand.pay_by,
        on=on,
        rate_on=prompt_payment_rate,
    )
    rows = DebtInterest.objects.filter(credit=credit)
    settled = rows.aggregate(sum=Sum("dollars"))["sum"] or Decimal(0)
    return InterestOwed(due, demand.pay_by, on, tuple(earned), Dollars(settled))


def interest_left(order: TaskOrder) -> tuple[Dollars, list[str]]:
    """What interest is left on what an order's debts were paid late with.

    What is not paid back yet is owed itself, and its interest with it.

    :returns: the sum, and for what no rate is loaded why it cannot be told
    """
    sums, missing = [], []
    demanded = CreditDue.objects.filter(order=order, demands__isnull=False)
    for credit in demanded.select_related("order__contract").distinct():
        days = [part.paid_on for part in _parts(credit) if part.paid_on]
        if not days:
            continue
        try:
            owed = interest_owed(credit, max(days))
        except RateMissing as refusal:
            missing.append(refusal.message)
        else:
            sums.append(owed.left if owed else Dollars())
    return total_dollars(sums), missing


def _parts(credit: CreditDue) -> Iterator[Owed]:
    """The credit by what became of it, and last what is open of it."""
    left = Dollars(credit.dollars)
    zone = credit.order.contract.time_zone
    for line in credit.lines.filter(voided_at__isnull=True).order_by("pk"):
        part = _standing(Dollars(line.amount_dollars), line)
        left -= part
        yield Owed(
            part, _paid_by_voucher(PaymentOffset.objects.filter(credit_line=line))
        )
    for row in credit.settlements.select_related("refund").order_by("pk"):
        part = _standing(Dollars(row.dollars), row)
        left -= part
        if row.kind == SettlementKind.REFUND:
            has_day = hasattr(row, "refund")
            settled = accounting_day(row.settled_at, zone)
            yield Owed(part, row.refund.received_on if has_day else settled)
        elif row.kind == SettlementKind.SET_OFF:
            offsets = PaymentOffset.objects.filter(settlement=row)
            yield Owed(part, _paid_by_voucher(offsets))
    yield Owed(left)


def _standing(dollars: Dollars, part: CreditLine | CreditSettlement) -> Dollars:
    again = part.reopenings.aggregate(sum=Sum("dollars"))["sum"] or Decimal(0)
    return dollars - Dollars(again)


def _paid_by_voucher(offsets: QuerySet[PaymentOffset]) -> date | None:
    """When the money that was held back would have been paid."""
    stands = offsets.filter(certification__payment_return__isnull=True)
    offset = stands.select_related("certification").order_by("-pk").first()
    if offset is None:
        return None
    if offset.certification.is_paid:
        paid: date = offset.certification.payment.paid_on
        return paid
    days = offset.certification.acceptances.values_list("due_on", flat=True)
    return max(days, default=None)


def refunds_visible_to(actor: Actor) -> QuerySet[CreditSettlement]:
    """Refunds of credits that the actor may see."""
    rows = CreditSettlement.objects.filter(
        kind=SettlementKind.REFUND, credit__in=credits_visible_to(actor)
    )
    return rows.select_related("credit__order__contract", "credit__order_line")


def get_refund_for(actor: Actor, public_id: str) -> CreditSettlement:
    """One refund.

    :raises NotVisible: if it is not there for this actor
    """
    found = refunds_visible_to(actor).filter(public_id=public_id).first()
    if found is None:
        message = "There is no such refund."
        raise NotVisible(message, rule="R-ROL-07")
    return found

"""What is owed at the end of a month and not accepted yet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Sum

from contracting.charges.models import Charge
from contracting.core.periods import Period, accounting_day, months_after
from contracting.core.quantities import Dollars, total_dollars
from contracting.ledger.queries.accrued import unaccepted_as_of
from contracting.metering.models import UsageHold
from contracting.metering.queries import holds_in_force
from contracting.metering.queries.reratings import ratings_in_force
from contracting.orders.models import OrderLine, TaskOrder
from contracting.orders.states import TaskOrderState
from contracting.periods.calculations import bounds_of, last_day_of, month_of
from contracting.periods.models import Accrual
from contracting.periods.queries.checks import held_of
from contracting.periods.states import Accruable, AccrualKind, Basis


def accruable(order: TaskOrder, month: date, at: datetime) -> list[Accruable]:
    """By line and ACRN what is used by the end of a month, funded and not accepted.

    Usage counts by when it took place, as it is known now; an acceptance counts by when
    it was given. So the accrual of a month, less that of the month before, and what was
    accepted in between, is what the month has cost.
    """
    cut = min(bounds_of(month, order.contract.time_zone).end, at)
    found = [
        Accruable(line.pk, each.acrn, Basis.METER, each.dollars)
        for line in order.lines.order_by("pk")
        for each in unaccepted_as_of(line.holder, cut, _used_since(line, cut))
        if each.dollars
    ]
    held = _in_suspense(order, cut)
    if held:
        found.append(Accruable(None, "", Basis.SUSPENSE, held))
    return found


def _used_since(line: OrderLine, cut: datetime) -> Dollars:
    """What of the usage and charges of a line came at an instant or later; exact."""
    rows = ratings_in_force([line.pk], ("dollars",), occurred_at__gte=cut)
    used = total_dollars(Dollars(dollars) for (dollars,) in rows)
    charged = Charge.objects.filter(
        line=line, reversed_at__isnull=True, period__startswith__gte=cut
    ).aggregate(sum=Sum("dollars"))["sum"]
    return used + Dollars(charged or Decimal(0))


def _in_suspense(order: TaskOrder, cut: datetime) -> Dollars:
    """What calls in suspense before an instant come to at the most."""
    start = bounds_of(month_of(order.period_start), order.contract.time_zone).start
    ids = list(held_of(order, Period(start, cut)).values_list("event_id", flat=True))
    holds = holds_in_force(order.contract.agency_id).filter(event_id__in=ids)
    sums = UsageHold.objects.filter(pk__in=holds.values("pk"))
    return Dollars(sums.aggregate(sum=Sum("reserved_dollars"))["sum"] or Decimal(0))


def months_to_accrue(order: TaskOrder, at: datetime) -> Iterator[date]:
    """The months that are over, have no accrual and come after the last that has one.

    An order that never had one begins with the month that ended last.
    """
    today = accounting_day(at, order.contract.time_zone)
    last = months_after(month_of(today), -1)
    posted = Accrual.objects.filter(order=order, kind=AccrualKind.ACCRUED)
    before = posted.order_by("month").values_list("month", flat=True).last()
    month = last if before is None else months_after(before, 1)
    while month <= last:
        if last_day_of(month) >= order.period_start:
            yield month
        month = months_after(month, 1)


def orders_to_accrue() -> list[TaskOrder]:
    """Signed orders on which something may be owed."""
    rows = TaskOrder.objects.filter(
        state__in=[TaskOrderState.ISSUED, TaskOrderState.COMPLETED]
    )
    return list(rows.select_related("contract__agency").order_by("pk"))

"""What is used and not accepted for long, and whether anything explains it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Sum

from contracting.billing.models import Invoice
from contracting.billing.states import InvoiceState
from contracting.core.periods import accounting_day
from contracting.core.quantities import Dollars, total_dollars
from contracting.ledger.queries import balances_of
from contracting.metering.queries.rollups import UsageOf, daily_usage
from contracting.orders.models import TaskOrder
from contracting.reconciliation.queries import open_findings
from contracting.reference.queries import threshold

CLEARING_DAYS = "CLEARING_DAYS"


@dataclass(frozen=True, slots=True)
class Aged:
    """Usage of an order that is older than the limit and not accepted; exact.

    :ivar findings: amounts of open discrepancies, whatever their sign
    :ivar waiting: what invoices ask for that nobody has decided on
    :ivar unfunded: what no funds carry, which is never payable
    """

    order: TaskOrder
    until: date
    dollars: Dollars
    findings: Dollars
    waiting: Dollars
    unfunded: Dollars

    @property
    def unexplained(self) -> Dollars:
        """What of it no discrepancy, no invoice and no lack of funds explains."""
        left = self.dollars - self.findings - self.waiting - self.unfunded
        return max(left, Dollars())


def aged(orders: Iterable[TaskOrder], at: datetime) -> list[Aged]:
    """The orders with usage older than the limit that is not accepted, the most first.

    What is accepted is taken to be the oldest usage.

    :raises NoThreshold: if no number says how old that is
    """
    found = [_aged(order, at) for order in orders]
    return sorted(
        (each for each in found if each.dollars),
        key=lambda each: (-each.dollars.amount, each.order.pk),
    )


def _aged(order: TaskOrder, at: datetime) -> Aged:
    today = accounting_day(at, order.contract.time_zone)
    days = int(threshold(CLEARING_DAYS, today).value)
    until = today - timedelta(days=days)
    rows = daily_usage(UsageOf(orders=[order.pk]), until=until, by=())
    used = total_dollars(Dollars(row.dollars) for row in rows)
    balances = [
        row for line in order.current_lines() for row in balances_of(line.holder)
    ]
    accepted = total_dollars(
        Dollars(row.accepted_dollars - row.rounding_dollars - row.tolerated_dollars)
        for row in balances
    )
    findings = total_dollars(
        Dollars(abs(each.amount_dollars)) for each in open_findings(order)
    )
    asked = Invoice.objects.filter(order=order, state=InvoiceState.RECEIVED)
    waiting = asked.aggregate(sum=Sum("total_dollars"))["sum"] or Decimal(0)
    return Aged(
        order=order,
        until=until,
        dollars=max(used - accepted, Dollars()),
        findings=findings,
        waiting=Dollars(waiting),
        unfunded=total_dollars(Dollars(row.unfunded_dollars) for row in balances),
    )

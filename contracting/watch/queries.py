"""Reads of the watch: forecasts of orders and contracts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Max

from contracting.contracts.models import Contract
from contracting.core.periods import accounting_day
from contracting.core.quantities import Dollars, total_dollars
from contracting.metering.models import UsageBatch
from contracting.metering.queries import daily_totals
from contracting.orders.models import TaskOrder
from contracting.orders.queries import totals_by_order
from contracting.orders.states import SIGNED
from contracting.watch.calculations import Amount, DayUse, Forecast, Step, forecast
from contracting.watch.states import Measure


@dataclass(frozen=True, slots=True)
class Forecasts:
    """The forecast of an order or a contract, of its funds and of its tokens.

    ``known_until`` is when usage was last received; a forecast looks at whole days
    before it, and is older than now where a feed is silent.
    """

    funds: Forecast
    tokens: Forecast
    days: tuple[DayUse, ...]
    """Daily use by accounting day, oldest first, days of no use left out."""
    period_start: date
    period_end: date
    time_zone: str
    known_until: datetime | None


def forecast_of(thing: TaskOrder | Contract, at: datetime) -> Forecasts:
    """When the funds and the tokens of an order, or of all orders of a contract, end.

    :param at: the instant of asking; the day that it falls on is not whole yet
    """
    if isinstance(thing, TaskOrder):
        return _forecasts([thing], thing.contract, at)
    orders = thing.orders.filter(state__in=SIGNED).order_by("pk")
    return _forecasts(list(orders), thing, at)


def _forecasts(
    orders: Sequence[TaskOrder], contract: Contract, at: datetime
) -> Forecasts:
    zone = contract.time_zone
    received = UsageBatch.objects.filter(
        agency_id=contract.agency_id, received_at__lte=at
    ).aggregate(last=Max("received_at"))["last"]
    today = accounting_day(at, zone)
    known = min(today, accounting_day(received, zone)) if received else today
    days = daily_use(orders)
    totals = list(totals_by_order(orders).values())
    start = min((order.period_start for order in orders), default=today)
    end = max((order.period_end for order in orders), default=today)
    limits: dict[Measure, tuple[Amount, Amount]] = {
        Measure.DOLLARS: (
            _dollars(each.funded_dollars for each in totals),
            _dollars(each.consumed_dollars + each.unfunded_dollars for each in totals),
        ),
        Measure.TOKENS: (
            sum(each.ceiling_tokens.count for each in totals),
            sum((each.consumed_tokens + each.unfunded_tokens).count for each in totals),
        ),
    }
    made = {
        measure: forecast(
            days,
            measure=measure,
            through=known - timedelta(days=1),
            limit=limit,
            used=used,
            period_end=end,
            steps=planned_steps(orders),
        )
        for measure, (limit, used) in limits.items()
    }
    return Forecasts(
        funds=made[Measure.DOLLARS],
        tokens=made[Measure.TOKENS],
        days=days,
        period_start=start,
        period_end=end,
        time_zone=zone,
        known_until=received,
    )


def _dollars(amounts: Iterable[Dollars]) -> Decimal:
    return total_dollars(amounts).amount


def daily_use(orders: Sequence[TaskOrder]) -> tuple[DayUse, ...]:
    """Tokens and exact dollars of these orders by accounting day, oldest first."""
    sums: dict[date, tuple[int, Decimal]] = {}
    for order in orders:
        for total in daily_totals(order):
            tokens, dollars = sums.get(total.day, (0, Decimal(0)))
            sums[total.day] = tokens + total.tokens, dollars + total.dollars
    return tuple(DayUse(day, *figures) for day, figures in sorted(sums.items()))


def planned_steps(orders: Sequence[TaskOrder]) -> tuple[Step, ...]:
    """Planned onboarding on these orders."""
    return ()

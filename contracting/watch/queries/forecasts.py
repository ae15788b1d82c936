"""Forecasts of orders and contracts, and what is planned for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property

from django.db.models import Max

from contracting.contracts.models import Contract
from contracting.core.periods import accounting_day
from contracting.core.quantities import Dollars, total_dollars
from contracting.metering.models import UsageBatch
from contracting.metering.queries.rollups import UsageOf, daily_usage
from contracting.orders.models import TaskOrder
from contracting.orders.queries import totals_by_order
from contracting.orders.states import SIGNED
from contracting.watch.calculations import (
    Amount,
    DayUse,
    Forecast,
    Step,
    forecast,
)
from contracting.watch.models import (
    PlannedUse,
)
from contracting.watch.states import (
    Measure,
)


@dataclass(frozen=True)
class Forecasts:
    """The forecast of an order or a contract, of its funds and of its tokens.

    Each is made when it is read for the first time. ``known_until`` is when usage was
    last received; a forecast looks at whole days before it, and is older than now where
    a feed is silent.
    """

    made_of: Callable[[Measure], Forecast]
    days: tuple[DayUse, ...]
    """Daily use by accounting day, oldest first, days of no use left out."""
    period_start: date
    period_end: date
    time_zone: str
    known_until: datetime | None

    @cached_property
    def funds(self) -> Forecast:
        """When the dollars end."""
        return self.made_of(Measure.DOLLARS)

    @cached_property
    def tokens(self) -> Forecast:
        """When the tokens end."""
        return self.made_of(Measure.TOKENS)


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
    steps = planned_steps(orders)

    def made_of(measure: Measure) -> Forecast:
        limit, used = limits[measure]
        return forecast(
            days,
            measure=measure,
            through=known - timedelta(days=1),
            limit=limit,
            used=used,
            period_end=end,
            steps=steps,
        )

    return Forecasts(
        made_of=made_of,
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
    found = daily_usage(UsageOf(orders=[order.pk for order in orders]))
    return tuple(
        DayUse(each.day, each.tokens, each.dollars) for each in found if each.day
    )


def planned_uses_of(orders: Sequence[TaskOrder]) -> list[PlannedUse]:
    """What is planned for these orders and not withdrawn, in the order of its begin."""
    rows = PlannedUse.objects.filter(
        order__in=orders, withdraws__isnull=True, withdrawn_by__isnull=True
    )
    return list(rows.select_related("order").order_by("starts_on", "pk"))


def planned_steps(orders: Sequence[TaskOrder]) -> tuple[Step, ...]:
    """The same, as a forecast takes it."""
    return tuple(
        Step(
            each.starts_on,
            each.tokens_per_day,
            each.dollars_per_day,
            each.words,
            each.until,
        )
        for each in planned_uses_of(orders)
    )

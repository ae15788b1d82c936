"""What an order has cost, as it was known at an instant.

Ratings are only ever added, each with the instant at which it was made and the price
row that was in force and known then. What was known at an instant is therefore the sum
of what was there: nothing is rated again to answer it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet, Sum

from contracting.contracts.models import RateRow
from contracting.core.quantities import Dollars, total_dollars
from contracting.metering.models import PeriodRun, TrueUp, UsageRating, UsageRerating
from contracting.metering.queries.reratings import Adjustment, adjustments_of
from contracting.orders.models import OrderLine, TaskOrder


@dataclass(frozen=True, slots=True)
class KnownUsage:
    """Tokens of a day, line, class and price, as they were known; exact dollars."""

    day: date
    clin: str
    model: str
    token_class_code: str
    tier: str
    slin: str
    usd_per_million_tokens: Decimal
    lines: int
    tokens: int
    dollars: Decimal


@dataclass(frozen=True, slots=True)
class Known:
    """An order as it was known at an instant.

    :ivar usage: by day, line, class and price, corrections included
    :ivar adjustments: of usage that was closed by then, run by run
    :ivar true_ups: by CLIN, what steps and pools have changed in its dollars
    """

    order: TaskOrder
    at: datetime
    usage: list[KnownUsage]
    adjustments: list[Adjustment]
    true_ups: dict[str, Dollars]

    @property
    def tokens(self) -> int:
        return sum(row.tokens for row in self.usage)

    @property
    def rated(self) -> Dollars:
        """What the usage costs at the prices of the events."""
        return total_dollars(Dollars(row.dollars) for row in self.usage)

    @property
    def adjusted(self) -> Dollars:
        """What closed usage would cost more, or less, than it was accepted at."""
        return total_dollars(each.change for each in self.adjustments)

    @property
    def trued_up(self) -> Dollars:
        return total_dollars(self.true_ups.values())

    @property
    def dollars(self) -> Dollars:
        """All of it together, exact."""
        return self.rated + self.trued_up + self.adjusted


def known_usage(order: TaskOrder, at: datetime) -> Known:
    """What was known of an order at an instant, whatever came to be known later."""
    lines = dict(
        OrderLine.objects.filter(order=order).values_list("pk", "contract_line__clin")
    )
    found: dict[tuple[Any, ...], list[Any]] = defaultdict(lambda: [0, 0, Decimal(0)])
    for sign, groups in _groups(list(lines), at):
        for *key, count, tokens, dollars in groups:
            cell = found[tuple(key)]
            cell[0] += sign * count
            cell[1] += sign * tokens
            cell[2] += sign * dollars
    prices = {
        row.pk: row
        for row in RateRow.objects.filter(pk__in={key[1] for key in found})
        .select_related("model")
        .order_by("pk")
    }
    usage = [
        KnownUsage(
            day=day,
            clin=lines[line],
            model=prices[rate].model.snapshot,
            token_class_code=code,
            tier=prices[rate].tier,
            slin=prices[rate].slin,
            usd_per_million_tokens=usd,
            lines=cell[0],
            tokens=cell[1],
            dollars=cell[2],
        )
        for (line, rate, usd, day, code), cell in found.items()
        if cell[0] and line in lines
    ]
    return Known(
        order=order,
        at=at,
        usage=sorted(usage, key=_in_order),
        adjustments=adjustments_of(order, at),
        true_ups=_true_ups(lines, at),
    )


def _in_order(row: KnownUsage) -> tuple[Any, ...]:
    return (
        *(row.day, row.clin, row.model, row.token_class_code, row.tier, row.slin),
        row.usd_per_million_tokens,
    )


def _groups(
    lines: list[int], at: datetime
) -> Iterator[tuple[int, QuerySet[Any, tuple[Any, ...]]]]:
    """Ratings made by then, and what later runs, posted by then, took and gave."""
    rated = UsageRating.objects.filter(order_line__in=lines, rated_at__lte=at)
    yield 1, _sums(rated)
    again = UsageRerating.objects.filter(is_adjustment=False, rerated_at__lte=at)
    yield -1, _sums(again.filter(old_order_line__in=lines), "old_")
    yield 1, _sums(again.filter(order_line__in=lines))


def _sums(rows: QuerySet[Any], side: str = "") -> QuerySet[Any, tuple[Any, ...]]:
    groups: QuerySet[Any, tuple[Any, ...]] = (
        rows.order_by()
        .values_list(
            *(f"{side}order_line_id", f"{side}rate_row_id"),
            *(f"{side}usd_per_million_tokens", "accounting_day", "token_class_code"),
        )
        .annotate(
            count=Count("event_id"),
            sum_tokens=Sum("tokens"),
            sum_dollars=Sum(f"{side}dollars"),
        )
    )
    return groups


def _true_ups(lines: dict[int, str], at: datetime) -> dict[str, Dollars]:
    """By CLIN, what the rows that were in force then differ by from the events."""
    key = ("order_line_id", "rate_row_id", "period_start", "from_tokens")
    runs = PeriodRun.objects.filter(ran_at__lte=at)
    latest = (
        TrueUp.objects.filter(order_line__in=list(lines), run__in=runs)
        .order_by(*key, "-pk")
        .distinct(*key)
    )
    found: dict[str, Dollars] = defaultdict(Dollars)
    for row in latest:
        change = Dollars(row.exact_dollars) - Dollars(row.provisional_dollars)
        found[lines[row.order_line_id]] += change
    return {clin: change for clin, change in sorted(found.items()) if change}

"""The roll-ups held against the rows that they are the sums of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC
from decimal import Decimal
from typing import Any, Final

from django.db import models
from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncHour

from contracting.contracts.models import BurnRate, RateRow
from contracting.ledger.queries import pending_cells
from contracting.metering.calculations.cells import Cells, Cube, Rolled, Sums, filled
from contracting.metering.models import (
    DailyUsage,
    HourlyUsage,
    PortfolioDay,
    UsageRating,
    UsageRerating,
)
from contracting.orders.models import HOLDER_OF_A_LINE, OrderLine

KEYS: Final[dict[type[models.Model], tuple[str, ...]]] = {
    HourlyUsage: ("order_line_id", "hour", "rate_row_id", "usd_per_million_tokens"),
    DailyUsage: ("order_line_id", "day", "model_id", "token_class_code", "tier"),
    PortfolioDay: ("agency_id", "day", "model_id", "token_class_code", "tier"),
}
"""What makes a cell of each table one row."""

BESIDES: Final[dict[type[models.Model], tuple[str, ...]]] = {
    HourlyUsage: ("model_id", "token_class_code", "tier"),
    DailyUsage: (),
    PortfolioDay: (),
}
SUMS: Final = ("events", "tokens", "dollars", "micro_acu")


def kinds_of(rate_rows: Iterable[int]) -> dict[int, tuple[int, str, str]]:
    """Model, token class and tier of each price."""
    rows = RateRow.objects.filter(pk__in=list(rate_rows))
    read = ("pk", "model_id", "token_class__code", "tier")
    return {
        pk: (model, code, tier) for pk, model, code, tier in rows.values_list(*read)
    }


def expected_cube(lines: QuerySet[OrderLine] | None = None) -> Cube:
    """What the roll-ups should hold: every rating that is folded.

    :param lines: these alone; all of them without it
    """
    cube = Cube()
    rated = UsageRating.objects.all()
    wanted: set[int] | None = None
    if lines is not None:
        wanted = set(lines.values_list("pk", flat=True))
        rated = rated.filter(order_line__in=wanted)
    cube.add(_rolled(_rated_groups(rated)))
    again = UsageRerating.objects.filter(is_adjustment=False)
    if wanted is not None:
        again = again.filter(Q(order_line__in=wanted) | Q(old_order_line__in=wanted))
    for side, sign in (("old_", -1), ("", 1)):
        groups = (
            row
            for row in _rated_groups(again, side)
            if wanted is None or row[0] in wanted
        )
        cube.add(_rolled(groups), sign=sign)
    waiting = (
        row
        for row in pending_cells(HOLDER_OF_A_LINE)
        if wanted is None or row[0] in wanted
    )
    cube.add(_rolled(waiting), sign=-1)
    return cube


def stored_cube(lines: QuerySet[OrderLine] | None = None) -> Cube:
    """What the roll-ups hold; the portfolio is all of it in any case."""
    cube = Cube()
    for table, cells in tables_of(cube):
        rows: QuerySet[Any] = table.objects.all()  # type: ignore[attr-defined]
        if lines is not None and table is not PortfolioDay:
            rows = rows.filter(order_line__in=lines)
        key = (*KEYS[table], *BESIDES[table])
        for row in rows.values_list(*key, *SUMS).iterator(chunk_size=5_000):
            cells[row[: len(key)]] = Sums(*row[len(key) :])
    return cube


def tables_of(cube: Cube) -> tuple[tuple[type[models.Model], Cells], ...]:
    """Each table with its cells."""
    return (
        (HourlyUsage, cube.hours),
        (DailyUsage, cube.days),
        (PortfolioDay, cube.portfolio),
    )


def rollup_differences() -> Iterator[tuple[int, str]]:
    """Where a roll-up is not the sum of its ratings: the agency, and a sentence.

    To be read on one state of the database.
    """
    agencies = dict(OrderLine.objects.values_list("pk", "order__contract__agency_id"))
    pairs = zip(tables_of(expected_cube()), tables_of(stored_cube()), strict=True)
    for (table, expected), (_, stored) in pairs:
        wanted, kept = filled(expected), filled(stored)
        for key in sorted(wanted.keys() | kept.keys()):
            right, found = wanted.get(key, Sums()), kept.get(key, Sums())
            if right.values != found.values:
                owner = key[0] if table is PortfolioDay else agencies.get(key[0], 0)
                yield (
                    owner,
                    f"{table.__name__} {key[0]}, {key[1]:%Y-%m-%d %H:%M}: "
                    f"{found.tokens:,} tokens for ${found.dollars}; its rows are "
                    f"{right.tokens:,} tokens for ${right.dollars}",
                )


_Group = tuple[Any, ...]
"""Line, price row, price, hour, day, events, tokens and dollars."""


def _rated_groups(rated: QuerySet[Any], side: str = "") -> Iterator[_Group]:
    """Ratings by line, price, hour and day; of what was rated anew, the ``old_`` too.

    :param side: how the columns of the side that is meant begin
    """
    groups = (
        rated.order_by()
        .annotate(hour=TruncHour("occurred_at", tzinfo=UTC))
        .values_list(
            *(f"{side}order_line_id", f"{side}rate_row_id"),
            *(f"{side}usd_per_million_tokens", "hour", "accounting_day"),
        )
        .annotate(
            Count("event_id"),
            sum_tokens=Sum("tokens"),
            sum_dollars=Sum(f"{side}dollars"),
        )
    )
    yield from groups.iterator(chunk_size=5_000)


def _rolled(groups: Iterable[_Group]) -> Iterator[Rolled]:
    rows = list(groups)
    prices = {row[1] for row in rows}
    kinds = kinds_of(prices)
    burns = burns_of(prices)
    agencies = dict(
        OrderLine.objects.filter(pk__in={row[0] for row in rows}).values_list(
            "pk", "order__contract__agency_id"
        )
    )
    for line, rate, usd, hour, day, events, tokens, dollars in rows:
        if line in agencies and rate in kinds:
            yield Rolled(
                agency_id=agencies[line],
                order_line_id=line,
                rate_row_id=rate,
                usd_per_million_tokens=usd,
                kind=kinds[rate],
                hour=hour,
                day=day,
                events=events,
                tokens=tokens,
                dollars=dollars,
                acu_per_million_tokens=burns.get(rate),
            )


def burns_of(rate_rows: Iterable[int]) -> dict[int, Decimal]:
    """The multiplier of each price of a pool."""
    rows = BurnRate.objects.filter(rate_row__in=list(rate_rows))
    return dict(rows.values_list("rate_row_id", "acu_per_million_tokens"))

"""Parts of a re-rating: where each ends, and its sums as they are kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from contracting.core.periods import Period
from contracting.metering.calculations.rerating import DayOfPrices, Price, Sum
from contracting.metering.models import UsageRating
from contracting.metering.queries.reratings import Scope

LINES_OF_A_PART: Final = 20_000


def lines_in(scope: Scope) -> int:
    """How many rated lines lie in the days of a scope."""
    period = scope.period
    return UsageRating.objects.filter(
        order_line__order__in=[each.pk for each in scope.orders],
        occurred_at__gte=period.start,
        occurred_at__lt=period.end,
    ).count()


def part_after(scope: Scope, start: datetime, lines: int) -> Period:
    """From an instant on so many rated lines, whole instants; the rest if fewer."""
    end = scope.period.end
    rated = UsageRating.objects.filter(
        order_line__order__in=[each.pk for each in scope.orders],
        occurred_at__gte=start,
        occurred_at__lt=end,
    )
    instants = rated.order_by("occurred_at").values_list("occurred_at", flat=True)
    found = instants[lines : lines + 1].first() if lines else None
    if found is not None and found <= start:
        found = instants.filter(occurred_at__gt=start).first()
    return Period(start, end if found is None else found)


def as_rows(found: Mapping[DayOfPrices, Sum]) -> list[list[Any]]:
    """The sums of a part as they are kept in JSON."""
    return [
        [
            *(key.day.isoformat(), key.token_class_code),
            *(_plain(key.old), _plain(key.new)),
            *(key.is_closed, sums.lines, sums.tokens),
        ]
        for key, sums in found.items()
    ]


def _plain(price: Price) -> list[Any]:
    dollars = str(price.usd_per_million_tokens)
    return [price.order_line_id, price.rate_row_id, dollars]


def from_rows(rows: Iterable[list[Any]]) -> Iterator[tuple[DayOfPrices, Sum]]:
    """The same, read back."""
    for day, code, old, new, is_closed, lines, tokens in rows:
        key = DayOfPrices(
            date.fromisoformat(day), code, _price(old), _price(new), is_closed
        )
        yield key, Sum(lines, tokens)


def _price(row: list[Any]) -> Price:
    line, rate, dollars = row
    return Price(line, rate, Decimal(dollars))

"""Days of use put together in buckets that a drawing has room for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from contracting.core.plots.mix import Bucket

MOST_DAYS: Final = 92
MOST_WEEKS: Final = 92 * 7


@dataclass(frozen=True, slots=True)
class Kinds:
    """Tokens and exact dollars of one kind on one day."""

    day: date
    kind: str
    tokens: int
    dollars: Decimal


def buckets(days: Iterable[Kinds], first: date, last: date) -> list[Bucket]:
    """Days up to three months, weeks up to 92 of them, calendar months beyond.

    :param first: the first day that was asked for; a bucket never begins before it
    :param last: the last day that was asked for; a bucket never ends after it
    """
    span = (last - first).days + 1
    found: dict[date, Bucket] = {}
    for each in days:
        start, end = _bounds(each.day, span)
        start, end = max(start, first), min(end, last)
        bucket = found.setdefault(start, Bucket(start, end, {}, {}))
        tokens = bucket.tokens.get(each.kind, 0) + each.tokens
        dollars = bucket.dollars.get(each.kind, Decimal(0)) + each.dollars
        bucket.tokens[each.kind] = tokens
        bucket.dollars[each.kind] = dollars
    return [found[start] for start in sorted(found)]


def _bounds(day: date, span: int) -> tuple[date, date]:
    if span <= MOST_DAYS:
        return day, day
    if span <= MOST_WEEKS:
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=6)
    start = day.replace(day=1)
    after = (start + timedelta(days=32)).replace(day=1)
    return start, after - timedelta(days=1)


def step_words(first: date, last: date) -> str:
    """Which buckets are drawn for these days: "day", "week" or "month"."""
    span = (last - first).days + 1
    if span <= MOST_DAYS:
        return "day"
    return "week" if span <= MOST_WEEKS else "month"

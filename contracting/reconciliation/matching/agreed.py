"""What meter and report agree on and nobody has invoiced, as lines of an invoice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from contracting.core.quantities import Tokens, UnitPrice
from contracting.reconciliation.states import Key, Metered, Reported, Span


@dataclass(frozen=True, slots=True)
class AgreedLine:
    """Tokens of a key at one price in a period, counted alike by both sides."""

    key: Key
    start: datetime
    end: datetime
    tokens: Tokens
    price: UnitPrice


def agreed_lines(
    metered: Iterable[Metered],
    reported: Iterable[Reported],
    *,
    period: Span,
    prices: Mapping[Key, Iterable[tuple[datetime, datetime | None, UnitPrice]]],
    billed: Mapping[Key, Iterable[Span]],
) -> tuple[list[AgreedLine], list[Key]]:
    """The smaller of both counts of each attempt and class, summed by key and price.

    A sum of the vendor's report is compared with our sum of the same key and day. A key
    of which a part of the period is invoiced already is left out where what is left of
    the period is in more than one piece.

    :param billed: the periods of each key that are on a live invoice
    :returns: the lines in the order of their keys, and the keys that are left out
    """
    ours, theirs = _counts(metered, reported)
    spans, left_out = _spans(period, prices, billed)
    found: dict[tuple[Key, datetime, datetime, UnitPrice], int] = defaultdict(int)
    for place, (key, at, tokens) in ours.items():
        both = min(tokens, theirs.get(place, 0))
        for start, end, price in spans.get(key, ()):
            if both and start <= at < end:
                found[key, start, end, price] += both
    lines = [
        AgreedLine(key, start, end, Tokens(tokens), price)
        for (key, start, end, price), tokens in found.items()
    ]
    lines.sort(key=lambda line: (line.key, line.start))
    return lines, sorted(left_out)


_Place = tuple[object, ...]


def _counts(
    metered: Iterable[Metered], reported: Iterable[Reported]
) -> tuple[dict[_Place, tuple[Key, datetime, int]], dict[_Place, int]]:
    said = list(reported)
    in_sums = {(row.key, row.day) for row in said if row.bucket or not row.request_id}
    ours: dict[_Place, tuple[Key, datetime, int]] = {}
    theirs: dict[_Place, int] = defaultdict(int)

    def place(row: Metered) -> _Place:
        if (row.key, row.day) in in_sums:
            return row.key, row.day
        return row.key, row.request_id, row.attempt

    for mine in metered:
        spot = place(mine)
        before = ours.get(spot, (mine.key, mine.occurred_at, 0))
        ours[spot] = (mine.key, before[1], before[2] + mine.tokens)
    for row in said:
        theirs[place(row)] += row.tokens
    return ours, theirs


def _spans(
    period: Span,
    prices: Mapping[Key, Iterable[tuple[datetime, datetime | None, UnitPrice]]],
    billed: Mapping[Key, Iterable[Span]],
) -> tuple[dict[Key, list[tuple[datetime, datetime, UnitPrice]]], set[Key]]:
    """The pieces of the period that can be on one line each, by key."""
    found: dict[Key, list[tuple[datetime, datetime, UnitPrice]]] = defaultdict(list)
    left_out = set()
    for key, rates in prices.items():
        for since, until, price in rates:
            start = max(period[0], since)
            end = period[1] if until is None else min(period[1], until)
            for first, last in sorted(billed.get(key, ())):
                if last <= start or end <= first:
                    continue
                if first <= start:
                    start = last
                elif last >= end:
                    end = first
                else:
                    left_out.add(key)
                    start = end
            if start < end:
                found[key].append((start, end, price))
    return found, left_out

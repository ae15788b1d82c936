"""Rows of one key, and what is counted and priced of them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cached_property
from itertools import accumulate
from typing import Any, Final

from contracting.core.canonical import content_sha256
from contracting.core.quantities import Dollars, Tokens, UnitPrice
from contracting.reconciliation.states import (
    Key,
    Match,
    Metered,
    Rates,
    Reported,
    Side,
    Span,
)


def rate_at(rates: Rates, key: Key, instant: datetime) -> UnitPrice | None:
    """The order's price of that kind of token at an instant, if there is one."""
    for rate in rates.get(key, ()):
        if rate.start <= instant and (rate.end is None or instant < rate.end):
            return rate.price
    return None


def row_of(row: Metered) -> list[Any]:
    """What a row says, as plain values."""
    return [row.request_id, row.attempt, *row.key, row.occurred_at, row.tokens]


def order_of(row: Metered) -> tuple[Any, ...]:
    """Sorts rows by their content, however they arrived."""
    late, named = False, ""
    if isinstance(row, Reported):
        late, named = row.is_late, row.named
    said = row.said_at or row.occurred_at
    return (
        *row_of(row),
        row.price.usd_per_million_tokens,
        row.event_id,
        said,
        late,
        named,
    )


def metered_facts(rows: Iterable[Metered]) -> list[list[Any]]:
    """What a hash covers of rows of our meter, in an order of their own."""
    return [
        [*row_of(row), row.price, row.event_id] for row in sorted(rows, key=order_of)
    ]


def sides_of(match: Match) -> tuple[Side, ...]:
    """By day, SHA-256 of the rows of our meter and of those of the report."""
    ours: dict[date, list[Metered]] = defaultdict(list)
    theirs: dict[date, list[Reported]] = defaultdict(list)
    for row in match.metered:
        ours[row.day].append(row)
    for said in match.reported:
        theirs[said.day].append(said)
    return tuple(
        (
            day,
            content_sha256(metered_facts(ours.get(day, ()))),
            content_sha256(
                [
                    [*row_of(row), row.price, row.is_late, row.said_at, row.named]
                    for row in sorted(theirs.get(day, ()), key=order_of)
                ]
            ),
        )
        for day in sorted({*ours, *theirs})
    )


def by_their_clock(rows: Iterable[Metered]) -> list[Metered]:
    """The rows at the instants that the vendor states, where it states one."""
    return [
        replace(row, occurred_at=row.said_at) if row.said_at else row for row in rows
    ]


class Counted:
    """Counts of one key, to be summed over any span."""

    def __init__(self, rows: Iterable[Metered]) -> None:
        self._rows = sorted(rows, key=lambda row: row.occurred_at)
        self._instants = [row.occurred_at for row in self._rows]
        self._tokens = [0, *accumulate(row.tokens for row in self._rows)]

    @cached_property
    def _dollars(self) -> list[Dollars]:
        """Priced when first asked: of most views only the tokens are compared."""
        priced = (row.price.of(Tokens(row.tokens)) for row in self._rows)
        return [Dollars(), *accumulate(priced)]

    def tokens(self, start: datetime, end: datetime) -> int:
        low, high = self._range(start, end)
        return self._tokens[high] - self._tokens[low]

    def dollars(self, start: datetime, end: datetime) -> Dollars:
        low, high = self._range(start, end)
        return self._dollars[high] - self._dollars[low]

    def _range(self, start: datetime, end: datetime) -> tuple[int, int]:
        return bisect_left(self._instants, start), bisect_left(self._instants, end)


NONE: Final = Counted(())
"""A key without a row."""


def counted_by_key(rows: Iterable[Metered]) -> dict[Key, Counted]:
    found: dict[Key, list[Metered]] = defaultdict(list)
    for row in rows:
        found[row.key].append(row)
    return {key: Counted(same) for key, same in found.items()}


def where(key: Key, span: Span) -> dict[str, Any]:
    """Where a difference of the invoice is, as its evidence says it."""
    return {
        "model": key[1],
        "tier": key[2],
        "period_start": span[0],
        "period_end": span[1],
    }


class Within:
    """Whether an instant lies in any of these periods."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self.spans: list[Span] = []
        for start, end in sorted(spans):
            if self.spans and start < self.spans[-1][1]:
                low, high = self.spans[-1]
                self.spans[-1] = (low, max(high, end))
            else:
                self.spans.append((start, end))
        self._starts = [start for start, _ in self.spans]

    def at(self, instant: datetime) -> int | None:
        """The place of the period that contains an instant; they never overlap."""
        place = bisect_right(self._starts, instant) - 1
        return place if place >= 0 and instant < self.spans[place][1] else None


class Cover:
    """The periods in which each key is on a live invoice line, to be found by instant.

    The periods of one key never overlap: the database sees to it.
    """

    def __init__(self, spans: Iterable[tuple[Key, Span]]) -> None:
        found: dict[Key, set[Span]] = defaultdict(set)
        for key, span in spans:
            found[key].add(span)
        self._spans: Mapping[Key, Sequence[Span]] = {
            key: sorted(each) for key, each in found.items()
        }
        self._starts = {
            key: [start for start, _ in spans] for key, spans in self._spans.items()
        }
        self.keys = sorted(found)

    def at(self, key: Key, instant: datetime) -> Span | None:
        """The period of that key that contains an instant."""
        place = bisect_right(self._starts.get(key, ()), instant) - 1
        if place < 0:
            return None
        start, end = self._spans[key][place]
        return (start, end) if instant < end else None


class Uninvoiced:
    """What lies in an invoice's period and on no line of any live invoice."""

    def __init__(self, match: Match) -> None:
        own = [(line.key, (line.start, line.end)) for line in match.invoiced]
        self._own = Cover(own)
        self._all = Cover([*own, *match.invoiced_elsewhere])
        self._period = match.invoice_period
        self._siblings: dict[Key, list[Key]] = {}

    def span_of(self, row: Metered) -> Span | None:
        """Where such a row belongs; none where it is invoiced or outside the period.

        It belongs to the shortest line of its model and tier that contains it, of its
        direction if there is one; else to the whole period of the invoice.
        """
        instant = row.occurred_at
        if self._period is None or not self._period[0] <= instant < self._period[1]:
            return None
        if self._all.at(row.key, instant) is not None:
            return None
        output = row.token_class.startswith("OUT_")
        spans = [
            (key[3].startswith("OUT_") is not output, span[1] - span[0], span)
            for key in self._kin(row)
            if (span := self._own.at(key, instant)) is not None
        ]
        return min(spans)[2] if spans else self._period

    def _kin(self, row: Metered) -> list[Key]:
        if row.key not in self._siblings:
            self._siblings[row.key] = [
                key for key in self._own.keys if key[:3] == row.kind
            ]
        return self._siblings[row.key]

"""The usage of an order line as the fold reads it: by hour, and call by call."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final, NamedTuple

from django.db.models import Exists, OuterRef, Q

from contracting.core.quantities import UnitPrice
from contracting.ledger.queries import parked_deltas
from contracting.ledger.states import Delta, Hour, Position, Use
from contracting.metering.calculations import ledger_key
from contracting.metering.models import (
    EveryEvent,
    FoldedLine,
    HourlyUsage,
    UsageRating,
    UsageRerating,
    UsageSource,
)
from contracting.metering.queries.reratings import ratings_in_force
from contracting.orders.models import HOLDER_OF_A_LINE

HOUR: Final = timedelta(hours=1)
_Price = tuple[int, Decimal]
"""A price row, and the price on the line."""


class StillArriving(Exception):  # noqa: N818 (nothing is wrong: it is tried again)
    """Usage was committed between two reads of a fold."""


class _Call(NamedTuple):
    """A rated line: the class of a call."""

    occurred_at: datetime
    source: str
    event_id: str
    token_class_code: str
    rate_row_id: int
    usd_per_million_tokens: Decimal
    tokens: int

    @property
    def price(self) -> _Price:
        return self.rate_row_id, self.usd_per_million_tokens

    @property
    def position(self) -> Position:
        return Position(self.occurred_at, self.source, self.event_id)


class _Correction(NamedTuple):
    """A rated line of a correction, and the call that it corrects."""

    own: datetime
    event: tuple[str, str]
    corrected: tuple[str, str]
    at: datetime
    price: _Price
    tokens: int


def hour_of(instant: datetime) -> datetime:
    """The UTC hour in which an instant lies."""
    return instant.replace(minute=0, second=0, microsecond=0)


@dataclass(slots=True)
class LineHistory:
    """The history of one order line; a correction stands where its call stands."""

    order_line_id: int
    agency_id: int
    _taken: list[Delta] = field(default_factory=list)
    _sums: dict[datetime, dict[_Price, int]] = field(default_factory=dict)
    _corrections: list[_Correction] = field(default_factory=list)

    def last(self) -> Position | None:
        """The latest call that is folded already, if any is."""
        row = FoldedLine.objects.filter(order_line=self.order_line_id).first()
        if row is None:
            return None
        return Position(row.last_at, row.last_source, row.last_event)

    def hours(self, taken: Sequence[Delta]) -> list[Hour]:
        """All usage of the line by hour, with what is taken now, oldest first."""
        self._taken = list(taken)
        self._sums = defaultdict(lambda: defaultdict(int))
        rows = HourlyUsage.objects.filter(order_line=self.order_line_id)
        read = ("hour", "rate_row_id", "usd_per_million_tokens", "tokens")
        for hour, rate, usd, tokens in rows.values_list(*read):
            self._sums[hour][rate, usd] += tokens
        for delta in taken:
            self._sums[delta.hour][_price_of(delta)] += delta.tokens
        self._corrections = list(self._corrections_of_line())
        for each in self._corrections:
            self._sums[hour_of(each.own)][each.price] -= each.tokens
        where: dict[datetime, dict[_Price, int]] = defaultdict(lambda: defaultdict(int))
        for hour, sums in self._sums.items():
            for price, tokens in sums.items():
                where[hour][price] += tokens
        for each in self._corrections:
            where[hour_of(each.at)][each.price] += each.tokens
        return [
            Hour(hour, tuple(_use(price, n) for price, n in sums.items()))
            for hour, sums in sorted(where.items())
        ]

    def calls(self, hour: Hour) -> Iterable[Use]:
        """The calls of such an hour in their order.

        :raises StillArriving: if calls are stored whose deltas are not taken
        """
        if self._is_parked(hour.start):
            yield from hour.uses  # which calls are parked cannot be told
            return
        corrections = {each.event for each in self._corrections}
        found = [
            call
            for call in self._rated(hour.start)
            if (call.source, call.event_id) not in corrections
        ]
        _insist(found, self._sums.get(hour.start, {}))
        changed: dict[tuple[str, str, _Price], int] = defaultdict(int)
        for each in self._corrections:
            changed[(*each.corrected, each.price)] += each.tokens
        for call in found:
            more = changed.get((call.source, call.event_id, call.price), 0)
            yield _use(call.price, call.tokens + more)

    def new_calls(self, hour: Hour, after: Position | None) -> Iterable[Use]:
        """The calls of an hour that are taken now, all of them after ``after``."""
        if self._is_parked(hour.start):
            return hour.uses
        found = [
            call
            for call in self._rated(hour.start)
            if after is None or call.position > after
        ]
        expected: dict[_Price, int] = defaultdict(int)
        for use in hour.uses:
            rate = int(use.key.rsplit(" ", 1)[-1])
            expected[rate, use.unit_price.usd_per_million_tokens] += use.tokens
        _insist(found, expected)
        return [_use(call.price, call.tokens) for call in found]

    def _is_parked(self, start: datetime) -> bool:
        parked = parked_deltas(HOLDER_OF_A_LINE, [self.order_line_id])
        return parked.filter(hour=start).exists()

    def _rated(self, start: datetime) -> list[_Call]:
        codes = dict(
            UsageSource.objects.filter(agency=self.agency_id).values_list("pk", "code")
        )
        read = (
            *("occurred_at", "source_id", "event_id", "token_class_code"),
            *("rate_row_id", "usd_per_million_tokens", "tokens"),
        )
        rows = ratings_in_force(
            [self.order_line_id],
            read,
            occurred_at__gte=start,
            occurred_at__lt=start + HOUR,
        )
        return sorted(_Call(at, codes[source], *rest) for at, source, *rest in rows)

    def _corrections_of_line(self) -> Iterator[_Correction]:
        keys = ("agency_id", "source_id", "event_id")
        events = EveryEvent.objects.filter(agency_id=self.agency_id).exclude(
            corrects=""
        )
        own = {**{key: OuterRef(key) for key in keys}, "order_line": self.order_line_id}
        here = Q(Exists(UsageRating.objects.filter(**own))) | Q(
            Exists(UsageRerating.objects.filter(**own, is_adjustment=False))
        )
        made = {
            (source, event): corrects
            for source, event, corrects in events.filter(here).values_list(
                "source_id", "event_id", "corrects"
            )
        }
        if not made:
            return
        codes = dict(UsageSource.objects.values_list("pk", "code"))
        ids = sorted({*made.values(), *(event for _, event in made)})
        read = (
            *("source_id", "event_id", "occurred_at", "rate_row_id"),
            *("usd_per_million_tokens", "tokens"),
        )
        rows = list(ratings_in_force([self.order_line_id], read, event_id__in=ids))
        stands = _stands_of_calls(rows, made)
        for source, event, at, rate, usd, tokens in rows:
            corrects = made.get((source, event))
            if corrects is None:
                continue
            call, its = stands.get((source, corrects, rate, usd), (corrects, at))
            if call != event:  # else it was moved here, and stands for the call
                yield _Correction(
                    own=at,
                    event=(codes[source], event),
                    corrected=(codes[source], call),
                    at=its,
                    price=(rate, usd),
                    tokens=tokens,
                )


def _stands_of_calls(
    rows: Sequence[tuple[Any, ...]], made: Mapping[tuple[int, str], str]
) -> dict[tuple[int, str, int, Decimal], tuple[str, datetime]]:
    """Which row of a line stands for each call at each price, and when.

    It is that of the call itself, or where it was moved here that by which it was.
    """
    found: dict[tuple[int, str, int, Decimal], tuple[str, datetime]] = {}
    for source, event, at, rate, usd, tokens in sorted(rows):
        corrects = made.get((source, event))
        if corrects is None:
            found[source, event, rate, usd] = event, at
        elif tokens > 0:
            found.setdefault((source, corrects, rate, usd), (event, at))
    return found


def _price_of(delta: Delta) -> _Price:
    return delta.rate_row_id, delta.unit_price.usd_per_million_tokens


def _use(price: _Price, tokens: int) -> Use:
    return Use(ledger_key(price[0]), UnitPrice(price[1]), tokens)


def _insist(calls: Iterable[_Call], expected: dict[_Price, int]) -> None:
    found: dict[_Price, int] = defaultdict(int)
    for call in calls:
        found[call.price] += call.tokens
    prices = {price for price, n in found.items() if n}
    prices |= {price for price, n in expected.items() if n}
    if any(found.get(p, 0) != expected.get(p, 0) for p in prices):
        message = "Usage is being stored meanwhile."
        raise StillArriving(message)

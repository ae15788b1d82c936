"""Decide on calls that are alike once: what holds for one of them holds for all.

A batch of ten thousand calls names few orders, models and classes. Calls that agree in
all names that :func:`attribute` looks at, and that lie between the same two instants at
which anything changes, share one decision. Only ids, instants and numbers differ, and
these decide nothing but whether a class was used at all, whether a call is beyond a
limit, and whether it took too long. The decision is made on the greatest counts of the
combination; where it is not simply *attributed* because of them, the calls that are
beyond a limit are decided by themselves.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any, Final, Protocol

from contracting.core.periods import accounting_day, day_bounds
from contracting.core.quantities import Tokens, total_dollars
from contracting.metering.calculations import (
    MOST_DOLLARS_OF_A_CALL,
    Attributed,
    Held,
    KnownOrder,
    Measured,
    Rate,
    RatedLine,
)
from contracting.metering.calculations.terms import KnownKey, Span
from contracting.metering.states import HoldReason

NUMBERS_DECIDE: Final = frozenset({HoldReason.IMPLAUSIBLE, HoldReason.BEYOND_LIMITS})
"""Why a call may be held that would be attributed if its counts were smaller."""

ALIKE: Final = (
    *("order_ref", "key_ref", "model_served", "model_requested", "model_billed"),
    *("tier", "context_band", "boundary", "basis", "unknown_class", "provenance"),
    *("outcome", "requests"),
)
"""In what calls agree that share a decision, beside their classes and their time."""

_alike = attrgetter(*ALIKE)


class Call(Protocol):
    """A call as an adapter has read it; it has every name in ``ALIKE`` too."""

    @property
    def event_id(self) -> str: ...
    @property
    def occurred_at(self) -> datetime: ...
    @property
    def lines(self) -> tuple[tuple[str, int], ...]: ...
    @property
    def latency_ms(self) -> int | None: ...


Decide = Callable[[Measured], Attributed | Held]


@dataclass(frozen=True, slots=True)
class Combination:
    """What calls share that are alike: their classes, in order, and the decision.

    :ivar codes: the classes of each call, in the order of its counts
    :ivar outcome: held, or attributed; the counts of the latter are not of any call
    :ivar rates: the price of each class, ``None`` for one that was not used
    :ivar members: the places of the calls in what was handed in
    """

    codes: tuple[str, ...]
    outcome: Attributed | Held
    rates: tuple[Rate | None, ...]
    members: tuple[int, ...]

    @property
    def is_plain(self) -> bool:
        """Whether each count is charged at its price, by the source of record."""
        found = self.outcome
        return isinstance(found, Attributed) and not (
            found.is_witness or found.uncharged
        )

    def of(self, call: Call) -> Attributed | Held:
        """What is decided of one of the calls."""
        found = self.outcome
        if isinstance(found, Held):
            return found
        free = {line.token_class_code for line in found.uncharged}
        rated = self._rated(call)
        return replace(
            found,
            lines=tuple(line for line in rated if line.token_class_code not in free),
            uncharged=tuple(line for line in rated if line.token_class_code in free),
        )

    def _rated(self, call: Call) -> list[RatedLine]:
        lines = zip(call.lines, self.rates, strict=True)
        return [
            RatedLine(code, rate, Tokens(count), rate.price.of(Tokens(count)))
            for (code, count), rate in lines
            if rate is not None
        ]

    def without(self, members: Iterable[int]) -> Combination:
        """The same without some of its calls."""
        gone = set(members)
        kept = tuple(place for place in self.members if place not in gone)
        return replace(self, members=kept)

    def is_beyond(self, call: Call) -> bool:
        """Whether the numbers of a call of an attributed combination decide.

        :raises TypeError: if the combination is held
        """
        if isinstance(self.outcome, Held):
            message = "what is held has no limits of its own"
            raise TypeError(message)
        requests = _alike(call)[-1] or 1
        if self.outcome.cap.exceeded_by(call.lines, requests):
            return True
        dollars = total_dollars(line.dollars for line in self._rated(call))
        return dollars > MOST_DOLLARS_OF_A_CALL


@dataclass(frozen=True, slots=True)
class Turns:
    """The instants at which what is known of an order or of a key changes.

    :ivar days: spans within which the days of a time zone matter too, since the name of
        a model holds by days
    """

    instants: frozenset[datetime]
    days: tuple[tuple[datetime, datetime, str], ...]

    @staticmethod
    def of(orders: Iterable[KnownOrder], keys: Iterable[KnownKey]) -> Turns:
        """Of these orders, and of keys that mean them for a while."""
        known = list(orders)
        found = {
            instant for order in known for instant in _turning_points(order) if instant
        }
        found.update(_ends(key.span for key in keys))
        days = [(o.period.start, o.period.end, o.time_zone) for o in known]
        return Turns(frozenset(found), tuple(days))

    def between(self, first: datetime, last: datetime) -> list[datetime]:
        """All of them that can part calls from the first to the last, in order."""
        found = set(self.instants)
        for start, end, zone in self.days:
            since, until = max(first, start), min(last, end - _INSTANT)
            if since <= until:
                found.update(_days_begin(since, until, zone))
        return sorted(found)


FindTurns = Callable[[str, str], Turns]


def combine(
    calls: Sequence[Call], *, source_id: int, decide: Decide, turns: FindTurns
) -> list[Combination]:
    """Every call in exactly one combination, in the order of their first calls.

    :param decide: what is decided of one call
    :param turns: when that may change for an order and a key that calls name
    """
    if not calls:
        return []
    instants = [call.occurred_at for call in calls]
    first, last = min(instants), max(instants)
    known: dict[tuple[str, str], list[datetime]] = {}
    alike: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for place, call in enumerate(calls):
        shared = _alike(call)
        names = shared[:2]
        if names not in known:
            known[names] = turns(*names).between(first, last)
        codes, counts = zip(*call.lines, strict=True) if call.lines else ((), ())
        used = tuple(map(bool, counts)) if 0 in counts else None
        span = bisect_right(known[names], call.occurred_at)
        alike[shared, codes, used, span].append(place)
    judge = _Judge(calls, source_id, decide)
    return [each for places in alike.values() for each in judge.combinations(places)]


class _Judge:
    """Decides on the calls of a batch that agree in all names."""

    def __init__(self, calls: Sequence[Call], source_id: int, decide: Decide) -> None:
        self._calls = calls
        self._source_id = source_id
        self._decide = decide

    def combinations(self, places: Sequence[int]) -> Iterator[Combination]:
        """One combination, or several where the numbers of the calls decide."""
        most = self._at_most(places)
        if not _by_numbers(most.outcome):
            yield from self._by_time(most)
            return
        least = self._at_least(places)
        if isinstance(least.outcome, Held):
            yield from (self._alone(place) for place in places)
            return
        beyond = [place for place in places if least.is_beyond(self._calls[place])]
        yield from (self._alone(place) for place in beyond)
        within = least.without(beyond)
        if within.members:
            yield from self._by_time(within)

    def _by_time(self, found: Combination) -> Iterator[Combination]:
        """The same; apart, calls that took longer than they may."""
        outcome = found.outcome
        limit = None if isinstance(outcome, Held) else outcome.cap.latency_ms
        slow = [
            place
            for place in (() if limit is None else found.members)
            if (self._calls[place].latency_ms or 0) > (limit or 0)
        ]
        within = found.without(slow) if slow else found
        if within.members:
            yield within
        if slow:
            call, codes = self._calls[slow[0]], found.codes
            late = self._decide(measured(call, self._source_id))
            yield _combination(codes, late, slow)

    def _at_most(self, places: Sequence[int]) -> Combination:
        """As if each had the greatest counts of all."""
        counts = ([n for _, n in self._calls[place].lines] for place in places)
        return self._as_if(places, [max(each) for each in zip(*counts, strict=True)])

    def _at_least(self, places: Sequence[int]) -> Combination:
        """As if each had one token of each class that it used."""
        counts = [min(n, 1) for _, n in self._calls[places[0]].lines]
        return self._as_if(places, counts)

    def _as_if(self, places: Sequence[int], counts: Iterable[int]) -> Combination:
        event = measured(self._calls[places[0]], self._source_id)
        codes = tuple(code for code, _ in event.lines)
        lines = tuple(zip(codes, counts, strict=True))
        outcome = self._decide(replace(event, lines=lines, latency_ms=None))
        return _combination(codes, outcome, places)

    def _alone(self, place: int) -> Combination:
        event = measured(self._calls[place], self._source_id)
        codes = tuple(code for code, _ in event.lines)
        return _combination(codes, self._decide(event), [place])


def measured(call: Call, source_id: int) -> Measured:
    """A call as attribution takes it."""
    names = dict(zip(ALIKE, _alike(call), strict=True))
    return Measured(
        event_id=call.event_id,
        occurred_at=call.occurred_at,
        lines=call.lines,
        source_id=source_id,
        latency_ms=call.latency_ms,
        **names | {"requests": names["requests"] or 1},
    )


def _by_numbers(outcome: Attributed | Held) -> bool:
    return isinstance(outcome, Held) and outcome.reason in NUMBERS_DECIDE


def _combination(
    codes: tuple[str, ...], outcome: Attributed | Held, places: Iterable[int]
) -> Combination:
    rates: tuple[Rate | None, ...] = (None,) * len(codes)
    if isinstance(outcome, Attributed):
        lines = (*outcome.lines, *outcome.uncharged)
        of_class = {line.token_class_code: line.rate for line in lines}
        rates = tuple(of_class.get(code) for code in codes)
    return Combination(codes, outcome, rates, tuple(places))


_INSTANT: Final = timedelta(microseconds=1)


def _turning_points(order: KnownOrder) -> Iterator[datetime | None]:
    """When a price, a stop, a term or the period of performance begins or ends."""
    yield from (order.period.start, order.period.end)
    for rate in order.rates:
        yield from (rate.starts_at, rate.ends_at)
    for stop in order.stops:
        yield from stop
    held = (
        *(order.records, order.authorized, order.caps),
        *(order.charging, order.default_charging),
    )
    yield from _ends(each.span for group in held for each in group)


def _ends(spans: Iterable[Span]) -> Iterator[datetime]:
    for span in spans:
        yield from (end for end in (span.starts_at, span.ends_at) if end is not None)


def _days_begin(first: datetime, last: datetime, zone: str) -> Iterator[datetime]:
    """When the local days between two instants begin."""
    day = accounting_day(first, zone)
    while (begins := day_bounds(day, zone).start) <= last:
        yield begins
        day += timedelta(days=1)

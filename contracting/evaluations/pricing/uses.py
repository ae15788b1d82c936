"""What offers come to between little and much use, and where they change places.

The published reference workload is the P50 of the estimate. Use moves along an axis
from P10 (0) over P50 (1) to P90 (2). Between two of these points the tokens of every
line move in a straight line, so every offer's total does, and two totals are equal at a
fraction that is computed, not searched. Nothing is rounded. Where a price depends on
the volume, a total is computed at every sixteenth of the way and is taken to be
straight between these.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, pairwise
from typing import Final, TypeAlias

from contracting.core.quantities import Dollars, Tokens, UnitPrice, total_dollars

POINTS: Final = ("p10", "p50", "p90")
PARTS: Final = 16
"""Where steps by volume bend a total, it is computed so often between two points."""

PUBLISHED: Final = 1
"""The place of the published workload among the points."""

Order: TypeAlias = tuple[tuple[int, ...], ...]
"""Submissions from the cheapest to the dearest; equal ones stand together."""


@dataclass(frozen=True, slots=True)
class Spread:
    """The tokens of one class in the estimate, over all its models and months."""

    p10: int
    p50: int
    p90: int


@dataclass(frozen=True, slots=True)
class Use:
    """The tokens of one line of the workload at P10, P50 and P90."""

    slin: str
    tokens: tuple[Tokens, Tokens, Tokens]
    is_ranged: bool


@dataclass(frozen=True, slots=True)
class Curve:
    """An offer that prices every line: its totals at P10, P50 and P90, exact."""

    submission: int
    vendor: str
    totals: tuple[Dollars, Dollars, Dollars]
    between: tuple[Dollars, ...] = ()
    """Where a price depends on the volume, the totals at every sixteenth of a point."""

    @property
    def values(self) -> tuple[Dollars, ...]:
        """The totals at equal distances, between which it runs in a straight line."""
        return self.between or self.totals

    def at(self, point: Fraction) -> Fraction:
        """The total in US dollars at a point of the axis, 0 to 2."""
        values = [Fraction(total.amount) for total in self.values]
        parts = (len(values) - 1) // (len(POINTS) - 1)
        return along(values, point * parts)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the axis in which no offer changes places with another."""

    start: Fraction
    end: Fraction
    order: Order


@dataclass(frozen=True, slots=True)
class Change:
    """The point at which offers change places, with the tokens used there."""

    point: Fraction
    tokens: Fraction
    before: Order
    after: Order

    @property
    def is_of_the_lead(self) -> bool:
        """Whether another offer, or one more or less, is cheapest from here on."""
        return self.before[0] != self.after[0]


def uses(
    lines: Iterable[tuple[str, str, int]], estimate: Mapping[str, Spread]
) -> list[Use]:
    """The published workload, and what it is at the P10 and the P90 of the estimate.

    A line whose workload differs from the estimate keeps the proportions of its class,
    in whole tokens. A class that the estimate does not know is used alike everywhere.

    :param lines: number, code of the class, and tokens of the published workload
    """
    asked = list(lines)
    count = Counter(code for _slin, code, _tokens in asked)
    return [
        _use(slin, tokens, estimate.get(code), is_alone=count[code] == 1)
        for slin, code, tokens in asked
    ]


def _use(slin: str, published: int, spread: Spread | None, *, is_alone: bool) -> Use:
    same = Tokens(published)
    if spread is None:
        return Use(slin, (same, same, same), is_ranged=False)
    if not spread.p50:
        if published or not is_alone:
            return Use(slin, (same, same, same), is_ranged=False)
        return Use(slin, (same, same, Tokens(spread.p90)), is_ranged=True)
    return Use(
        slin,
        (
            Tokens(_in_proportion(published, spread.p10, spread.p50)),
            Tokens(published),
            Tokens(_in_proportion(published, spread.p90, spread.p50)),
        ),
        is_ranged=True,
    )


def _in_proportion(tokens: int, part: int, whole: int) -> int:
    """``tokens × part ÷ whole`` in whole tokens, half up."""
    return (2 * tokens * part + whole) // (2 * whole)


def curve(
    submission: int,
    vendor: str,
    prices: Mapping[str, UnitPrice],
    used: Sequence[Use],
) -> Curve:
    """An offer's totals at the three points; it prices every line.

    :raises KeyError: if it does not
    """
    low, published, high = (
        total_dollars(prices[use.slin].of(use.tokens[place]) for use in used)
        for place in range(len(POINTS))
    )
    return Curve(submission, vendor, (low, published, high))


def curve_of(
    submission: int,
    vendor: str,
    total_on: Callable[[Mapping[str, int]], Dollars],
    used: Sequence[Use],
    *,
    is_bent: bool,
) -> Curve:
    """An offer's totals where its prices are no plain unit prices.

    :param total_on: what it comes to if so many tokens of each line are used
    :param is_bent: whether steps by volume bend it between the three points
    """
    parts = PARTS if is_bent else 1
    totals = [
        total_on(_tokens_at(used, Fraction(place, parts)))
        for place in range(parts * (len(POINTS) - 1) + 1)
    ]
    low, published, high = totals[::parts]
    between = tuple(totals) if is_bent else ()
    return Curve(submission, vendor, (low, published, high), between)


def _tokens_at(used: Sequence[Use], point: Fraction) -> dict[str, int]:
    """The tokens of each line at a point, in whole tokens, half up."""
    found = {}
    for use in used:
        exact = along([Fraction(each.count) for each in use.tokens], point)
        found[use.slin] = int(exact + Fraction(1, 2))
    return found


def all_tokens(used: Iterable[Use]) -> tuple[int, int, int]:
    """The tokens of all lines at the three points."""
    low, published, high = 0, 0, 0
    for use in used:
        low += use.tokens[0].count
        published += use.tokens[1].count
        high += use.tokens[2].count
    return low, published, high


def along(values: Sequence[Fraction], point: Fraction) -> Fraction:
    """The value at a point of the axis, in a straight line between its neighbours."""
    start = min(int(point), len(values) - 2)
    return values[start] + (point - start) * (values[start + 1] - values[start])


def tokens_at(tokens: Sequence[int], point: Fraction) -> Fraction:
    """The tokens of all lines at a point of the axis."""
    return along([Fraction(count) for count in tokens], point)


def order_at(curves: Iterable[Curve], point: Fraction) -> Order:
    """The offers by their total at a point, equal ones together."""
    by_total: dict[Fraction, list[int]] = {}
    for each in curves:
        by_total.setdefault(each.at(point), []).append(each.submission)
    return tuple(tuple(by_total[total]) for total in sorted(by_total))


def stretches(curves: Sequence[Curve], tokens: Sequence[int]) -> list[Stretch]:
    """The axis in parts of one order; empty if the use does not vary at all.

    Offers that only meet in a point and part again do not change places.
    """
    if not curves:
        return []
    found: list[Stretch] = []
    for start, end in pairwise(_knots(curves)):
        if tokens_at(tokens, start) == tokens_at(tokens, end):
            continue
        order = order_at(curves, (start + end) / 2)
        if found and found[-1].order == order:
            found[-1] = Stretch(found[-1].start, end, order)
        else:
            found.append(Stretch(start, end, order))
    return found


def _knots(curves: Sequence[Curve]) -> list[Fraction]:
    """The points at which totals are known, and where two cross between them."""
    parts = PARTS if any(each.between for each in curves) else 1
    known = [Fraction(place, parts) for place in range(parts * (len(POINTS) - 1) + 1)]
    points = set(known)
    for one, other in combinations(curves, 2):
        apart = [one.at(point) - other.at(point) for point in known]
        for point, (start, end) in zip(known, pairwise(apart), strict=False):
            if start * end < 0:
                points.add(point + start / (start - end) / parts)
    return sorted(points)


def changes(found: Sequence[Stretch], tokens: Sequence[int]) -> list[Change]:
    """Where one order ends and the next begins."""
    return [
        Change(after.start, tokens_at(tokens, after.start), before.order, after.order)
        for before, after in pairwise(found)
    ]


def ranks_at(curves: Sequence[Curve], place: int) -> dict[int, tuple[int, bool]]:
    """By submission: its rank at P10, P50 or P90, and whether another is equal."""
    ranks: dict[int, tuple[int, bool]] = {}
    for group in order_at(curves, Fraction(place)):
        rank = len(ranks) + 1
        ranks.update(dict.fromkeys(group, (rank, len(group) > 1)))
    return ranks

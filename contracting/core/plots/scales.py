"""Scales: round steps for amounts, calendar steps for time, labels that never touch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from contracting.core.plots import words

LETTER: Final = 7.8
"""How wide a letter of an axis is at most on the average, in the drawing's units."""

GAP: Final = 14
"""How far two labels stay apart."""

_FACTORS: Final = tuple(Decimal(factor) for factor in ("1", "2", "2.5", "5", "10"))
_MONTHS: Final = (1, 2, 3, 6, 12, 24, 60)
_DAYS: Final = (1, 2, 7, 14, 28)


def width_of(label: str) -> float:
    """How wide a label is, at most."""
    return len(label) * LETTER


@dataclass(frozen=True, slots=True)
class Amounts:
    """An axis of amounts that begins at zero, in round steps."""

    step: Decimal
    steps: int

    @property
    def top(self) -> Decimal:
        return self.step * self.steps

    @property
    def values(self) -> list[Decimal]:
        """Where the grid lines are, from zero to the top."""
        return [self.step * index for index in range(self.steps + 1)]


def amounts(highest: Decimal, most: int = 5, *, whole: bool = False) -> Amounts:
    """Steps of 1, 2, 2.5 or 5 times a power of ten, at most ``most`` of them.

    :param whole: whether a part of one is nothing, as of tokens
    """
    if highest <= 0:
        return Amounts(Decimal(1), 1)
    unit = Decimal(1).scaleb(highest.adjusted() - 1)
    candidates = [unit * power * factor for power in (1, 10) for factor in _FACTORS]
    if whole:
        candidates = [each for each in candidates if each == each.to_integral_value()]
        candidates = candidates or [Decimal(1)]
    step = next((each for each in candidates if highest <= each * most), candidates[-1])
    steps = int(highest // step) + bool(highest % step)
    return Amounts(step, max(1, steps))


@dataclass(frozen=True, slots=True)
class Tick:
    """A round day on an axis: where it is, and where the middle of its label is."""

    x: float
    middle: float
    label: str


@dataclass(frozen=True, slots=True)
class Days:
    """An axis of days in the contract's zone, laid over a width.

    ``first`` is drawn at ``left`` and ``last`` at ``right``.
    """

    first: date
    last: date
    left: float
    right: float

    @property
    def count(self) -> int:
        return max(1, (self.last - self.first).days)

    def x(self, day: date) -> float:
        """Where a day is drawn; a day outside is drawn at the edge."""
        inside = min(max(day, self.first), self.last)
        share = (inside - self.first).days / self.count
        return self.left + share * (self.right - self.left)

    def ticks(self) -> list[Tick]:
        """Round days with their labels, as many as stand side by side."""
        for days in _candidates(self.first, self.last):
            ticks = [self._tick(day) for day in days]
            if ticks and _fit(ticks):
                return ticks
        return [self._tick(self.first)]

    def _tick(self, day: date) -> Tick:
        """A label is in the middle of its tick, save at the ends of the axis."""
        x, label = self.x(day), self._label(day)
        half = width_of(label) / 2
        return Tick(x, min(x, self.right + GAP - half), label)

    def _label(self, day: date) -> str:
        if day.day == 1 and self.count > 70:
            return f"{day:%b %Y}" if day.month == 1 else f"{day:%b}"
        return f"{day.day} {day:%b}"


def _candidates(first: date, last: date) -> Iterable[list[date]]:
    """Sets of round days, the closest set first."""
    span = (last - first).days
    if span <= 70:
        for step in _DAYS:
            yield [first + timedelta(days=n) for n in range(0, span + 1, step)]
    for months in _MONTHS:
        found = [
            date(year, month, 1)
            for year in range(first.year, last.year + 1)
            for month in range(1, 13)
            if ((year * 12 + month - 1) % months == 0)
            and first <= date(year, month, 1) <= last
        ]
        yield found


def _fit(ticks: Sequence[Tick]) -> bool:
    """Whether the labels leave each other room."""
    end = float("-inf")
    for tick in ticks:
        half = width_of(tick.label) / 2
        if tick.middle - half < end + GAP:
            return False
        end = tick.middle + half
    return True


def spread(places: list[float], room: float, top: float, floor: float) -> list[float]:
    """Move labels apart until each has ``room``; their order stays.

    :param places: where each label would stand, downwards
    :returns: where they stand, between ``top`` and ``floor`` as far as there is room
    """
    order = sorted(range(len(places)), key=lambda index: places[index])
    moved = list(places)
    last = top - room
    for index in order:
        moved[index] = max(moved[index], last + room)
        last = moved[index]
    limit = floor
    for index in reversed(order):
        moved[index] = min(moved[index], limit)
        limit = moved[index] - room
    return moved


Y = Callable[[Decimal], float]


def upwards(axis: Amounts, top: float, floor: float) -> Y:
    """Where an amount is drawn: zero on the floor, the highest step at the top."""

    def y(value: Decimal) -> float:
        share = float(min(max(value, Decimal(0)), axis.top) / axis.top)
        return floor - share * (floor - top)

    return y


def labels_of(axis: Amounts, sign: str) -> list[str]:
    """The words at the grid lines."""
    return [words.short(value, sign) for value in axis.values]

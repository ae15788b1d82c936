"""P1: what is left against the plan, and how it will go on (dollars, or tokens)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Literal, TypeAlias

from contracting.core.plots import svg, words
from contracting.core.plots.scales import (
    Amounts,
    Days,
    Y,
    amounts,
    spread,
    upwards,
    width_of,
)
from contracting.core.plots.tables import Column, Key, Plot, Table

Left: TypeAlias = tuple[date, Decimal]

WIDE: Final = svg.Frame(720, 330, left=70, right=20, top=48, bottom=52)
NARROW: Final = svg.Frame(360, 300, left=58, right=14, top=48, bottom=52)
FARTHEST_LEVEL: Final = Decimal("1.6")
"""A level that lies higher than this above all else is said and not drawn."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """What the forecast says is left at the end of a day: 10, 50 and 90 percent."""

    day: date
    low: Decimal
    middle: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened on a day, such as a modification that adds funds."""

    day: date
    label: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class BurnDown:
    """What is drawn.

    ``left`` is what was left at the end of each day, the oldest first; a day on which
    funds were added stands in it twice, before and after.

    :param unit: "dollars" or "tokens"
    :param first: the first day of the period of performance
    :param last: its last day
    :param ends_on: the day on which nothing is left any more, as forecast or as it was
    :param levels: amounts to compare with, such as what is obligated
    """

    name: str
    title: str
    sentence: str
    unit: Literal["dollars", "tokens"]
    first: date
    last: date
    left: Sequence[Left]
    plan: Sequence[Left] = ()
    ahead: Sequence[Ahead] = ()
    marks: Sequence[Mark] = ()
    levels: Sequence[tuple[str, Decimal]] = ()
    ends_on: date | None = None
    notes: Sequence[str] = ()

    @property
    def sign(self) -> str:
        return "$" if self.unit == "dollars" else ""

    def said(self, amount: Decimal) -> str:
        """An amount of it in words."""
        if self.unit == "dollars":
            return words.dollars(amount)
        return f"{words.tokens(amount)} tokens"


def burn_down(what: BurnDown) -> Plot:
    """Draw what is left, the plan beside it, and the forecast with its band."""
    marked = [
        f"{mark.label} on {words.day(mark.day)}{': ' if mark.words else ''}{mark.words}"
        for mark in what.marks
    ]
    return Plot(
        name=what.name,
        title=what.title,
        sentence=what.sentence,
        wide=_draw(what, WIDE),
        narrow=_draw(what, NARROW),
        table=_table(what),
        legend=_legend(what),
        notes=(*(f"Marked: {each}." for each in marked), *what.notes),
    )


def _draw(what: BurnDown, frame: svg.Frame) -> str:
    levels = _levels_to_draw(what)
    axis = _axis(what, levels)
    y = upwards(axis, frame.top, frame.floor)
    ends = [
        what.last,
        *(day for day, _ in what.left),
        *(each.day for each in what.ahead),
    ]
    starts = [what.first, *(day for day, _ in what.left)]
    days = Days(min(starts), max(ends), frame.left, frame.edge)
    parts = [
        _beyond(what, frame, days),
        frame.grid(axis, y, what.sign),
        _band(what, days, y),
        _levels(levels, frame, y, what),
        svg.path(_places(what.plan, days, y), "dd-plot__plan", "6 5"),
        svg.path(
            [(days.x(each.day), y(each.middle)) for each in what.ahead],
            "dd-plot__ahead",
            "2 4",
        ),
        svg.path(_places(what.left, days, y), "dd-plot__line"),
        _dot(what, days, y),
        _marks(what, frame, days),
        frame.calendar(days),
        _end(what, frame, days),
    ]
    desc = f"{what.sentence} The axis starts at zero. The table holds every figure."
    return frame.drawing(what.name, what.title, desc, parts)


def _places(series: Sequence[Left], days: Days, y: Y) -> list[tuple[float, float]]:
    return [(days.x(day), y(amount)) for day, amount in series]


def _levels_to_draw(what: BurnDown) -> list[tuple[str, Decimal]]:
    drawn = [amount for _, amount in (*what.left, *what.plan)]
    highest = max(drawn, default=Decimal(0))
    return [
        (label, amount)
        for label, amount in what.levels
        if 0 < amount <= highest * FARTHEST_LEVEL or not highest
    ]


def _axis(what: BurnDown, levels: Sequence[tuple[str, Decimal]]) -> Amounts:
    everything = [amount for _, amount in (*what.left, *what.plan, *levels)]
    everything += [each.high for each in what.ahead]
    highest = max(everything, default=Decimal(0))
    return amounts(highest, whole=what.unit == "tokens")


def _beyond(what: BurnDown, frame: svg.Frame, days: Days) -> str:
    if what.ends_on is None or what.ends_on >= days.last:
        return ""
    x = days.x(what.ends_on)
    height = frame.floor - frame.top
    return svg.rect(x, frame.top, frame.edge - x, height, "dd-plot__beyond")


def _band(what: BurnDown, days: Days, y: Y) -> str:
    high = [(days.x(each.day), y(each.high)) for each in what.ahead]
    low = [(days.x(each.day), y(each.low)) for each in what.ahead]
    return svg.area(high, low, "dd-plot__band")


def _levels(
    levels: Sequence[tuple[str, Decimal]], frame: svg.Frame, y: Y, what: BurnDown
) -> str:
    places = [y(amount) + svg.TEXT for _, amount in levels]
    moved = spread(places, svg.TEXT + 2, frame.top + 0.0, frame.floor - 4.0)
    drawn = []
    for (label, amount), place in zip(levels, moved, strict=True):
        height = y(amount)
        drawn.append(
            svg.line(frame.left, height, frame.edge, height, "dd-plot__level", "2 3")
        )
        said = f"{label} {words.short(amount, what.sign)}"
        drawn.append(svg.words(said, float(frame.edge), place, "dd-plot__label", "end"))
    return "".join(drawn)


def _dot(what: BurnDown, days: Days, y: Y) -> str:
    if not what.left:
        return ""
    day, amount = what.left[-1]
    return svg.element(
        "circle", class_="dd-plot__dot", cx=days.x(day), cy=y(amount), r=4
    )


@dataclass(frozen=True, slots=True)
class PlacedMark:
    """Where a mark is drawn, where its words begin, and in which row they stand."""

    label: str
    x: float
    start: float
    row: int | None


def placed_marks(
    marks: Sequence[Mark], frame: svg.Frame, days: Days
) -> list[PlacedMark]:
    """Each mark with its place and the place of its words.

    Two rows of words lie over the drawing; words for which neither has room are not
    drawn: the notes below the drawing say them all.
    """
    ends = [float(frame.left), float(frame.left)]
    placed = []
    for mark in sorted(marks, key=lambda each: each.day):
        x = days.x(mark.day)
        width = width_of(mark.label)
        start = min(max(x - width / 2, frame.left), frame.edge - width)
        row = next((n for n, end in enumerate(ends) if start >= end), None)
        if row is not None:
            ends[row] = start + width + 8
        placed.append(PlacedMark(mark.label, x, start, row))
    return placed


def _marks(what: BurnDown, frame: svg.Frame, days: Days) -> str:
    drawn = []
    for mark in placed_marks(what.marks, frame, days):
        top = frame.top - 6 - 16 * (mark.row or 0)
        drawn.append(svg.line(mark.x, top, mark.x, frame.floor, "dd-plot__mark"))
        if mark.row is not None:
            drawn.append(svg.words(mark.label, mark.start, top - 3.0))
    return "".join(drawn)


def _end(what: BurnDown, frame: svg.Frame, days: Days) -> str:
    """The day on which nothing is left, on the axis, in a row of its own."""
    if what.ends_on is None or what.ends_on > days.last:
        return ""
    x = days.x(what.ends_on)
    said = f"Nothing left {words.day(what.ends_on)}"
    half = width_of(said) / 2
    middle = min(max(x, frame.left - 40 + half), frame.width - half)
    return svg.line(x, frame.top, x, frame.floor + 26, "dd-plot__end") + svg.words(
        said, middle, frame.floor + 42.0, "dd-plot__label", "middle"
    )


def _table(what: BurnDown) -> Table:
    kind: Literal["dollars", "tokens"] = what.unit
    left = dict(what.left)
    plan = dict(what.plan)
    ahead = {each.day: each for each in what.ahead}
    columns = [Column("Day", "day"), Column("Left", kind)]
    if plan:
        columns.append(Column("Plan", kind))
    if ahead:
        columns += [
            Column("Forecast, 1 in 10 below", kind),
            Column("Forecast, middle", kind),
            Column("Forecast, 9 in 10 below", kind),
        ]
    rows = []
    for day in sorted({*left, *plan, *ahead}):
        row: list[Decimal | date | None] = [day, left.get(day)]
        if plan:
            row.append(plan.get(day))
        if ahead:
            each = ahead.get(day)
            row += [each.low, each.middle, each.high] if each else [None, None, None]
        rows.append(tuple(row))
    return Table(f"{what.title}, by day", tuple(columns), tuple(rows))


def _legend(what: BurnDown) -> tuple[Key, ...]:
    def stroke(class_: str, dash: str = "") -> str:
        return svg.swatch(svg.line(0, 7, 30, 7, class_, dash))

    keys = [Key("left", stroke("dd-plot__line"))] if what.left else []
    if what.plan:
        keys.append(
            Key("plan: the same amount each day", stroke("dd-plot__plan", "6 5"))
        )
    if what.ahead:
        keys.append(Key("forecast", stroke("dd-plot__ahead", "2 4")))
        band = svg.swatch(svg.rect(0, 1, 30, 12, "dd-plot__band"))
        keys.append(Key("80 of 100 outcomes", band))
    if what.ends_on is not None:
        beyond = svg.swatch(svg.rect(0, 1, 30, 12, "dd-plot__beyond"))
        keys.append(Key("nothing left", beyond))
    return tuple(keys)

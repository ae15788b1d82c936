"""Plain geometry of the slope plot of totals; the SVG itself is a template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from contracting.evaluations.pricing.uses import (
    POINTS,
    Curve,
    changes,
    stretches,
    tokens_at,
)
from contracting.evaluations.pricing.words import curves_of, moved, short

WIDTH: Final = 720
LEFT: Final = 96
RIGHT: Final = 214
TOP: Final = 24
BOTTOM: Final = 58
LABEL_STEP: Final = 30
_SMALLEST: Final = 300
_LONGEST_NAME: Final = 22
_DASHES: Final = ("", "9 5", "2 5", "12 4 2 4", "5 3", "1 3")
_MARKERS: Final = (
    "M-6 0a6 6 0 1 0 12 0a6 6 0 1 0 -12 0z",
    "M-5.5 -5.5h11v11h-11z",
    "M0 -7l7 12h-14z",
    "M0 -7.5l7.5 7.5l-7.5 7.5l-7.5 -7.5z",
    "M0 7l7 -12h-14z",
    "M-7 -2.5h4.5v-4.5h5v4.5h4.5v5h-4.5v4.5h-5v-4.5h-4.5z",
)
_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Slope:
    """One offer: its line, its markers, and its label at the end of the line."""

    letter: str
    vendor: str
    name: str
    shape: int
    path: str
    dash: str
    marker: str
    dots: list[tuple[str, str]]
    label_y: str
    end_y: str


@dataclass(frozen=True, slots=True)
class Crossing:
    """A point where offers change places."""

    number: int
    x: str
    y: str
    is_of_the_lead: bool


@dataclass(frozen=True, slots=True)
class Plot:
    """The drawing in its own coordinates."""

    width: int
    height: int
    left: int
    right: int
    top: int
    floor: int
    label_x: int
    columns: list[dict[str, str]]
    marks: list[dict[str, str]]
    slopes: list[Slope]
    crossings: list[Crossing]


def plot(kept: Mapping[str, Any]) -> Plot | None:
    """Lay out a record of uses; ``None`` if it ranks no offer."""
    curves = curves_of(kept) if kept else []
    if not curves:
        return None
    height = max(_SMALLEST, TOP + BOTTOM + LABEL_STEP * len(curves))
    frame = _Frame(height, curves)
    return Plot(
        width=WIDTH,
        height=height,
        left=LEFT,
        right=WIDTH - RIGHT,
        top=TOP,
        floor=height - BOTTOM,
        label_x=WIDTH - RIGHT + 18,
        columns=_columns(kept),
        marks=frame.marks(),
        slopes=_slopes(curves, frame),
        crossings=_crossings(curves, kept["tokens"], frame),
    )


class _Frame:
    """From points of the axis and dollars to coordinates of the drawing."""

    def __init__(self, height: int, curves: Sequence[Curve]) -> None:
        amounts = [Fraction(t.amount) for each in curves for t in each.values]
        self.low, self.high = min(amounts), max(amounts)
        self.floor = height - BOTTOM

    def y(self, dollars: Fraction) -> Fraction:
        span = self.high - self.low
        share = (dollars - self.low) / span if span else Fraction(1, 2)
        return self.floor - 10 - share * (self.floor - TOP - 20)

    def marks(self) -> list[dict[str, str]]:
        """The lowest and the highest total and the middle between them."""
        middle = (self.low + self.high) / 2
        amounts = dict.fromkeys([self.low, middle, self.high])
        return [{"y": _at(self.y(each)), "words": _dollars(each)} for each in amounts]


def _x(point: Fraction) -> str:
    return _at(LEFT + point * (WIDTH - LEFT - RIGHT) / (len(POINTS) - 1))


def _columns(kept: Mapping[str, Any]) -> list[dict[str, str]]:
    months = kept["months"] or 1
    anchors = ("start", "middle", "end")
    return [
        {
            "x": _x(Fraction(place)),
            "name": POINTS[place].upper(),
            "words": short(tokens_at(kept["tokens"], Fraction(place)) / months),
            "anchor": anchors[place],
        }
        for place in range(len(POINTS))
    ]


def _slopes(curves: Sequence[Curve], frame: _Frame) -> list[Slope]:
    labels = _spread([frame.y(each.at(Fraction(2))) for each in curves], frame.floor)
    slopes = []
    for index, each in enumerate(curves):
        dots = [
            (_x(Fraction(place)), _at(frame.y(each.at(Fraction(place)))))
            for place in range(len(POINTS))
        ]
        shape = index % len(_MARKERS)
        slopes.append(
            Slope(
                letter=_letter(index),
                vendor=each.vendor,
                name=_cut(each.vendor),
                shape=shape + 1,
                path=_path(each, frame),
                dash=_DASHES[shape],
                marker=_MARKERS[shape],
                dots=dots,
                label_y=_at(labels[index]),
                end_y=dots[-1][1],
            )
        )
    return slopes


def _path(curve: Curve, frame: _Frame) -> str:
    parts = (len(curve.values) - 1) // (len(POINTS) - 1)
    points = [Fraction(place, parts) for place in range(len(curve.values))]
    return " ".join(
        f"{'L' if place else 'M'}{_x(point)} {_at(frame.y(curve.at(point)))}"
        for place, point in enumerate(points)
    )


def _spread(wanted: Sequence[Fraction], floor: int) -> list[Fraction]:
    """Labels as near to their lines as they can stand without touching."""
    places = sorted(range(len(wanted)), key=lambda index: (wanted[index], index))
    found: dict[int, Fraction] = {}
    above = Fraction(TOP - LABEL_STEP)
    for index in places:
        above = max(wanted[index], above + LABEL_STEP)
        found[index] = above
    below = Fraction(floor + LABEL_STEP)
    for index in reversed(places):
        below = min(found[index], below - LABEL_STEP)
        found[index] = below
    return [found[index] for index in range(len(wanted))]


def _crossings(
    curves: Sequence[Curve], tokens: Sequence[int], frame: _Frame
) -> list[Crossing]:
    by_number = {each.submission: each for each in curves}
    return [
        Crossing(number, _x(move.point), y, move.is_of_the_lead)
        for number, move in enumerate(
            changes(stretches(curves, tokens), tokens), start=1
        )
        for y in dict.fromkeys(
            _at(frame.y(by_number[each].at(move.point)))
            for each in moved(move.before, move.after)
        )
    ]


def _letter(index: int) -> str:
    again, place = divmod(index, len(_LETTERS))
    return _LETTERS[place] + (str(again + 1) if again else "")


def _cut(name: str) -> str:
    """So much of a name as there is room for, and all of which alternate it is."""
    if len(name) <= _LONGEST_NAME:
        return name
    vendor, _comma, number = name.rpartition(", alternate ")
    if not number.isdecimal():
        return f"{name[: _LONGEST_NAME - 1].rstrip()}…"
    which = f", alt. {number}"
    room = _LONGEST_NAME - len(which)
    kept = vendor if len(vendor) <= room else f"{vendor[: room - 1].rstrip()}…"
    return f"{kept}{which}"


def _dollars(amount: Fraction) -> str:
    for size, letter in ((10**9, "B"), (10**6, "M"), (10**3, "K")):
        if amount >= size:
            tenths = int(amount * 10 / size + Fraction(1, 2))
            return f"${tenths // 10:,}.{tenths % 10}{letter}"
    cents = int(amount * 100 + Fraction(1, 2))
    return f"${cents // 100}.{cents % 100:02d}"


def _at(value: Fraction) -> str:
    """A coordinate with one decimal."""
    tenths = round(value * 10)
    sign = "-" if tenths < 0 else ""
    whole, part = divmod(abs(tenths), 10)
    return f"{sign}{whole}.{part}" if part else f"{sign}{whole}"

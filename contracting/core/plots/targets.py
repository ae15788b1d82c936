"""A figure month by month beside its target; a month that nobody can tell is a gap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from contracting.core.plots import svg
from contracting.core.plots.tables import Column, Key, Plot, Table

ROW: Final = 30
WIDE: Final = 720
NARROW: Final = 360
_LABEL: Final = 90


@dataclass(frozen=True, slots=True)
class Reached:
    """A month: what was measured beside its target, or nothing if it cannot be told."""

    month: date
    value: Decimal | None
    target: Decimal
    is_missed: bool
    said: str


def targets(
    name: str,
    title: str,
    sentence: str,
    rows: Sequence[Reached],
    unit: str,
    notes: Sequence[str] = (),
) -> Plot:
    """Draw a bar for each month; bars that begin at zero would all look alike.

    The scale runs from the smallest to the largest of figures and targets, with room on
    both sides, and says so.
    """
    told = [each for each in rows if each.value is not None]
    return Plot(
        name=name,
        title=title,
        sentence=sentence,
        wide=_draw(name, title, sentence, rows, WIDE, unit) if told else "",
        narrow=_draw(name, title, sentence, rows, NARROW, unit) if told else "",
        table=Table(
            title,
            (
                Column("Month"),
                Column(f"Measured, {unit}", "number"),
                Column(f"Target, {unit}", "number"),
                Column("Verdict"),
            ),
            tuple(
                (f"{each.month:%Y-%m}", each.value, each.target, each.said)
                for each in rows
            ),
        ),
        legend=_legend() if told else (),
        notes=tuple(notes),
    )


def _draw(
    name: str, title: str, said: str, rows: Sequence[Reached], width: int, unit: str
) -> str:
    frame = svg.Frame(
        width, ROW * len(rows) + 24, left=_LABEL, right=70, top=0, bottom=24
    )
    figures = [each.target for each in rows]
    figures += [each.value for each in rows if each.value is not None]
    low, high = min(figures), max(figures)
    edge = (high - low) / 10 or Decimal(1)
    low, high = low - edge, high + edge
    room = frame.edge - frame.left

    def x(value: Decimal) -> float:
        return frame.left + float((value - low) / (high - low)) * room

    parts = [
        svg.line(frame.left, frame.floor, frame.edge, frame.floor, "dd-plot__axis")
    ]
    for index, each in enumerate(rows):
        y = float(ROW * index)
        parts.append(
            svg.words(f"{each.month:%b %Y}", frame.left - 8.0, y + 19, anchor="end")
        )
        if each.value is None:
            parts.append(svg.words("cannot be told", frame.left + 6.0, y + 19))
            continue
        bad = "dd-plot__used" + ("--over" if each.is_missed else "")
        parts.append(svg.rect(frame.left, y + 5, x(each.value) - frame.left, 18, bad))
        end = f"{each.value.normalize():f} {unit}"
        parts.append(svg.words(end, x(each.value) + 5, y + 19))
        mark = x(each.target)
        parts.append(svg.line(mark, y + 1, mark, y + 27, "dd-plot__tick-to-date"))
    parts.append(
        svg.words("The scale does not begin at zero.", frame.left, frame.floor + 18.0)
    )
    return frame.drawing(name, title, f"{said} The table holds every figure.", parts)


def _legend() -> tuple[Key, ...]:
    return (
        Key("measured", svg.swatch(svg.rect(2, 3, 20, 10, "dd-plot__used"))),
        Key("missed", svg.swatch(svg.rect(2, 3, 20, 10, "dd-plot__used--over"))),
        Key("target", svg.swatch(svg.line(12, 1, 12, 15, "dd-plot__tick-to-date"))),
    )

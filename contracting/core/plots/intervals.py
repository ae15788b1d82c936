"""Estimates as points with their intervals, one under the other on one scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from contracting.core.plots import svg, words
from contracting.core.plots.tables import Column, Key, Plot, Table

ROW: Final = 46
WIDE: Final = 720
NARROW: Final = 360


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure that is estimated between two ends, or known where they are the same."""

    label: str
    value: Decimal
    low: Decimal
    high: Decimal

    @property
    def is_exact(self) -> bool:
        return self.low == self.value == self.high


def intervals(
    name: str,
    title: str,
    sentence: str,
    rows: Sequence[Interval],
    *,
    columns: tuple[Column, ...],
    notes: Sequence[str] = (),
) -> Plot:
    """Draw each figure as a dot on the line of its interval.

    :param columns: of the label, the figure, and the two ends
    """
    return Plot(
        name=name,
        title=title,
        sentence=sentence,
        wide=_draw(name, title, sentence, rows, WIDE) if rows else "",
        narrow=_draw(name, title, sentence, rows, NARROW) if rows else "",
        table=Table(
            title,
            columns,
            tuple((each.label, each.value, each.low, each.high) for each in rows),
        ),
        legend=_legend() if rows else (),
        notes=tuple(notes),
    )


def _draw(
    name: str, title: str, said: str, rows: Sequence[Interval], width: int
) -> str:
    frame = svg.Frame(width, ROW * len(rows) + 24, left=8, right=8, top=0, bottom=24)
    low = min(each.low for each in rows)
    high = max(each.high for each in rows)
    room = frame.edge - frame.left

    def x(value: Decimal) -> float:
        if high == low:
            return frame.left + room / 2
        return frame.left + float((value - low) / (high - low)) * room

    parts = [
        svg.line(frame.left, frame.floor, frame.edge, frame.floor, "dd-plot__axis"),
        svg.words(words.short(low), float(frame.left), frame.floor + 18.0),
    ]
    if high > low:
        end = words.short(high)
        parts.append(
            svg.words(end, float(frame.edge), frame.floor + 18.0, anchor="end")
        )
    for index, each in enumerate(rows):
        y = ROW * index + 32.0
        parts.append(svg.words(each.label, float(frame.left), y - 15))
        parts.append(svg.line(x(each.low), y, x(each.high), y, "dd-plot__line"))
        for edge in (each.low, each.high):
            parts.append(svg.line(x(edge), y - 5, x(edge), y + 5, "dd-plot__line"))
        parts.append(_dot(x(each.value), y))
    return frame.drawing(name, title, f"{said} The table holds every figure.", parts)


def _dot(x: float, y: float) -> str:
    return svg.element("circle", class_="dd-plot__dot", cx=x, cy=y, r=4.5)


def _legend() -> tuple[Key, ...]:
    drawn = svg.line(2, 8, 22, 8, "dd-plot__line") + _dot(12.0, 8.0)
    return (Key("the figure, and its interval of 95 percent", svg.swatch(drawn)),)

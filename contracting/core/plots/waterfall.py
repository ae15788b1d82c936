"""P5: from what is asked for to what is counted, each reason a step of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate
from typing import Final

from contracting.core.plots import svg, words
from contracting.core.plots.scales import LETTER
from contracting.core.plots.tables import Column, Key, Plot, Table

ROW: Final = 34
TALL_ROW: Final = 50
BAR: Final = 18
WIDE: Final = 720
NARROW: Final = 360
LABELS: Final = 190
FIGURES: Final = 130
MARGIN: Final = Decimal("0.25")
"""So much of the spread is left free below the shortest bar of a cut axis."""
CUT: Final = 8
"""Where the steps are a smaller part of the whole than this, the axis is cut."""


@dataclass(frozen=True, slots=True)
class Down:
    """One reason; ``amount`` is what it takes off (below zero: what it adds).

    :param path: where the rows behind it are; empty where there are none
    """

    label: str
    amount: Decimal
    count: int = 0
    path: str = ""
    is_bad: bool = False


@dataclass(frozen=True, slots=True)
class _Bar:
    """A bar between two amounts of the axis."""

    label: str
    low: Decimal
    high: Decimal
    said: Decimal
    class_: str
    path: str = ""


def waterfall(
    name: str,
    title: str,
    sentence: str,
    ends: tuple[tuple[str, Decimal], tuple[str, Decimal]],
    steps: Sequence[Down],
) -> Plot:
    """Draw the start, each step where the one before it ended, and the end.

    The start less all steps has to be the end, to the last digit.

    :param ends: the words and the amount of the start and of the end
    :raises ValueError: if the steps do not lead from the start to the end
    """
    (begin, start), (finish, end) = ends
    levels = list(accumulate((-step.amount for step in steps), initial=start))
    if levels[-1] != end:
        message = "the steps do not lead from the start to the end"
        raise ValueError(message)
    floor = _floor([*levels, end])
    bars = [_Bar(begin, floor, start, start, "dd-plot__obligated")]
    for step, before, after in zip(steps, levels, levels[1:], strict=False):
        tone = "dd-plot__used--over" if step.is_bad else "dd-plot__used"
        low, high = sorted((before, after))
        bars.append(_Bar(step.label, low, high, -step.amount, tone, step.path))
    bars.append(_Bar(finish, floor, end, end, "dd-plot__obligated"))
    notes = ["Amounts are exact, before any rounding, unless a step says so."]
    if floor > 0:
        notes.append("The axis does not begin at zero: the steps would not be seen.")
    return Plot(
        name=name,
        title=title,
        sentence=sentence,
        wide=_draw(name, title, sentence, bars, WIDE),
        narrow=_draw(name, title, sentence, bars, NARROW),
        table=_table(title, ends, steps, levels),
        legend=_legend(),
        notes=tuple(notes),
    )


def _floor(levels: Sequence[Decimal]) -> Decimal:
    """Where the axis begins: at zero, or near the steps if they are small."""
    low, high = min(levels), max(levels)
    spread = high - low
    if low <= 0:
        return min(low, Decimal(0))
    if not spread or spread * CUT > high:
        return Decimal(0)
    return max(Decimal(0), low - spread * MARGIN)


def _draw(name: str, title: str, said: str, bars: Sequence[_Bar], width: int) -> str:
    narrow = width < WIDE
    row = TALL_ROW if narrow else ROW
    left, right = (2, 2) if narrow else (LABELS, FIGURES)
    frame = svg.Frame(width, row * len(bars) + 4, left, right, top=0, bottom=0)
    low = min(bar.low for bar in bars)
    most = max(bar.high for bar in bars) - low

    def x(amount: Decimal) -> float:
        room = frame.edge - frame.left
        return frame.left + (float((amount - low) / most) * room if most else 0.0)

    parts = []
    for index, bar in enumerate(bars):
        top = float(row * index)
        y = top + (24 if narrow else 6)
        drawn = svg.rect(
            x(bar.low), y, max(x(bar.high) - x(bar.low), 1.5), BAR, bar.class_
        )
        drawn += _label(bar, frame, top, narrow=narrow)
        if index + 1 < len(bars):
            edge = x(bar.high if index == 0 else _level(bars, index))
            drawn += svg.line(edge, y + BAR, edge, y + row, "dd-plot__grid")
        if bar.path:
            drawn = svg.element("a", drawn, href=bar.path)
        parts.append(drawn)
    role = "group" if any(bar.path for bar in bars) else "img"
    desc = f"{said} The table holds every figure."
    return frame.drawing(name, title, desc, parts, role)


def _level(bars: Sequence[_Bar], index: int) -> Decimal:
    """What is left after a step."""
    return bars[0].high + sum((bar.said for bar in bars[1 : index + 1]), Decimal(0))


def _label(bar: _Bar, frame: svg.Frame, top: float, *, narrow: bool) -> str:
    figure = words.dollars(bar.said)
    y = top + (17 if narrow else 20)
    most = int((frame.width - len(figure) * LETTER - 16 if narrow else LABELS) / LETTER)
    said = bar.label if len(bar.label) <= most else f"{bar.label[: most - 1]}…"
    return svg.words(said, 2.0, y) + svg.words(
        figure, float(frame.width - 2), y, anchor="end"
    )


def _legend() -> tuple[Key, ...]:
    def box(class_: str) -> str:
        return svg.swatch(svg.rect(0, 1, 30, 12, class_))

    return (
        Key("asked for, and counted", box("dd-plot__obligated")),
        Key("a reason why they differ", box("dd-plot__used")),
    )


def _table(
    title: str,
    ends: tuple[tuple[str, Decimal], tuple[str, Decimal]],
    steps: Sequence[Down],
    levels: Sequence[Decimal],
) -> Table:
    (begin, start), (finish, end) = ends
    columns = (
        Column("Step"),
        Column("How many", "number"),
        Column("Amount", "exact"),
        Column("Leaves", "exact"),
    )
    down = [
        (step.label, step.count or None, -step.amount, level)
        for step, level in zip(steps, levels[1:], strict=True)
    ]
    rows = ((begin, None, start, start), *down, (finish, None, end, end))
    return Table(title, columns, rows)

"""P7: each line's use against its funds, its ceiling and the plan to date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from contracting.core.plots import svg, words
from contracting.core.plots.scales import LETTER
from contracting.core.plots.tables import Column, Key, Plot, Table

ROW: Final = 52
WIDE: Final = 720
NARROW: Final = 360
BAR: Final = 18
NEAR: Final = 1
"""So many points off the plan are on it."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line in dollars.

    :param label: its number
    :param planned: what would be used by today, were the obligated funds used evenly
    """

    label: str
    consumed: Decimal
    obligated: Decimal
    ceiling: Decimal
    planned: Decimal

    @property
    def ahead(self) -> int:
        """How many points of its funds it is ahead of its plan (below zero: behind)."""
        if not self.obligated:
            return 0
        points = (self.consumed - self.planned) * 100 / self.obligated
        return int(points.quantize(Decimal(1), ROUND_HALF_UP))

    @property
    def words(self) -> str:
        """Where it stands against its plan."""
        if not self.obligated:
            return "has no funds yet"
        off = abs(self.ahead)
        if off <= NEAR:
            return "is on its plan"
        way = "ahead of" if self.ahead > 0 else "behind"
        return f"is {words.count(off, 'point')} {way} plan"


def bullet(name: str, lines: Sequence[Line], noun: str = "CLIN") -> Plot:
    """Draw a bar for each line: its ceiling is the whole width of its own bar."""
    title = "Used, obligated and ceiling of each line, in US dollars"
    said = sentence(lines, noun)
    return Plot(
        name=name,
        title=title,
        sentence=said,
        wide=_draw(name, title, said, lines, WIDE, noun) if lines else "",
        narrow=_draw(name, title, said, lines, NARROW, noun) if lines else "",
        table=_table(lines, noun, title),
        legend=_legend() if lines else (),
        notes=("The whole width of each bar is that line's own ceiling.",)
        if lines
        else (),
    )


def sentence(lines: Sequence[Line], noun: str = "CLIN") -> str:
    """The line that is farthest from its plan, or that all of them are on it."""
    if not lines:
        return "No line carries funds yet."
    over = [line for line in lines if line.consumed > line.obligated]
    if over:
        names = ", ".join(line.label for line in over)
        return f"{noun} {names}: used beyond what is obligated."
    farthest = max(lines, key=lambda line: abs(line.ahead))
    if abs(farthest.ahead) <= NEAR:
        return "Every line is on its plan."
    return f"{noun} {farthest.label} {farthest.words}."


def _draw(
    name: str, title: str, said: str, lines: Sequence[Line], width: int, noun: str
) -> str:
    frame = svg.Frame(width, ROW * len(lines) + 4, left=2, right=2, top=0, bottom=0)
    parts = [
        _bar(line, frame, float(ROW * index), noun) for index, line in enumerate(lines)
    ]
    return frame.drawing(name, title, f"{said} The table holds every figure.", parts)


def _bar(line: Line, frame: svg.Frame, top: float, noun: str) -> str:
    whole = frame.edge - frame.left
    most = max(line.ceiling, line.obligated, line.consumed)

    def part(amount: Decimal) -> float:
        return float(max(amount, Decimal(0)) / most) * whole if most else 0.0

    y = top + 24
    used = "dd-plot__used" + ("--over" if line.consumed > line.obligated else "")
    tick = frame.left + part(line.planned)
    return "".join(
        (
            svg.words(_fitting(line, noun, whole), float(frame.left), top + 17),
            svg.rect(frame.left, y, part(line.ceiling), BAR, "dd-plot__ceiling"),
            svg.rect(frame.left, y, part(line.obligated), BAR, "dd-plot__obligated"),
            svg.rect(frame.left, y + 5, part(line.consumed), BAR - 10, used),
            svg.line(tick, y - 3, tick, y + BAR + 3, "dd-plot__tick-to-date"),
        )
    )


def _fitting(line: Line, noun: str, room: float) -> str:
    """As many of the words as there is room for; the table has all of them."""
    said = f"{noun} {line.label}"
    used = words.short(_round(line.consumed), "$")
    funds = words.short(_round(line.obligated), "$")
    for more in (f": {used} of {funds}", f", {line.words}"):
        if (len(said) + len(more)) * LETTER > room:
            break
        said += more
    most = int(room / LETTER)
    return said if len(said) <= most else f"{said[: most - 1]}…"


def _round(amount: Decimal) -> Decimal:
    """Three figures are enough beside a bar."""
    if not amount:
        return Decimal(0)
    return amount.quantize(
        Decimal(1).scaleb(max(-2, amount.adjusted() - 2)), ROUND_HALF_UP
    )


def _legend() -> tuple[Key, ...]:
    def box(class_: str) -> str:
        return svg.swatch(svg.rect(0, 1, 30, 12, class_))

    return (
        Key("used", svg.swatch(svg.rect(0, 4, 30, 6, "dd-plot__used"))),
        Key("obligated", box("dd-plot__obligated")),
        Key("ceiling", box("dd-plot__ceiling")),
        Key(
            "plan to date", svg.swatch(svg.line(15, 0, 15, 14, "dd-plot__tick-to-date"))
        ),
    )


def _table(lines: Sequence[Line], noun: str, title: str) -> Table:
    columns = (
        Column(noun),
        Column("Used", "dollars"),
        Column("Plan to date", "dollars"),
        Column("Obligated", "dollars"),
        Column("Ceiling", "dollars"),
        Column("Against plan"),
    )
    rows = tuple(
        (
            line.label,
            line.consumed,
            line.planned,
            line.obligated,
            line.ceiling,
            line.words,
        )
        for line in lines
    )
    return Table(title, columns, rows)

"""A test that is read after each sample: its wealth, and the estimate beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil, floor, log10
from typing import Final, Literal

from contracting.core.plots import svg
from contracting.core.plots.scales import amounts, width_of
from contracting.core.plots.tables import Key, Plot, Table

WIDE: Final = svg.Frame(720, 320, left=86, right=20, top=30, bottom=52)
NARROW: Final = svg.Frame(360, 290, left=74, right=14, top=30, bottom=52)
MOST: Final = 240
"""So many places of a line are drawn; more would lie on each other."""
_LEAST: Final = 1e-12


@dataclass(frozen=True, slots=True)
class Reached:
    """After so many samples: the wealth, or the estimate with its interval."""

    samples: int
    low: float
    middle: float
    high: float


@dataclass(frozen=True, slots=True)
class Sequential:
    """What is drawn.

    ``places`` are in the order of the sample. A wealth stands on powers of ten, an
    estimate in percent between its bounds.

    :param level: a figure to compare with: at which wealth it is flagged, or δ
    """

    name: str
    title: str
    sentence: str
    unit: Literal["wealth", "share"]
    places: Sequence[Reached]
    table: Table
    level: tuple[str, float] | None = None
    notes: Sequence[str] = ()
    along: str = "samples, in the order of drawing"


def sequential(what: Sequential) -> Plot:
    """Draw a wealth or an estimate from the first sample to the last."""
    is_drawn = len(what.places) > 1
    return Plot(
        name=what.name,
        title=what.title,
        sentence=what.sentence,
        wide=_draw(what, WIDE) if is_drawn else "",
        narrow=_draw(what, NARROW) if is_drawn else "",
        table=what.table,
        legend=_legend(what),
        notes=tuple(what.notes),
    )


def thinned(places: Sequence[Reached], most: int = MOST) -> list[Reached]:
    """As many places as are drawn, of each part the one with the highest middle.

    The first and the last are always among them: a level that was reached is seen.
    """
    if len(places) <= most:
        return list(places)
    size = len(places) / most
    found = [places[0]]
    for n in range(most):
        part = places[floor(n * size) : floor((n + 1) * size)]
        found.append(max(part, key=lambda each: each.middle))
    found.append(places[-1])
    return list(dict.fromkeys(found))


def _draw(what: Sequential, frame: svg.Frame) -> str:
    places = thinned(what.places)
    x = _along(places[-1].samples, frame)
    ticks, y = _powers(what, frame) if what.unit == "wealth" else _shares(what, frame)
    high = [(x(each.samples), y(each.high)) for each in places]
    low = [(x(each.samples), y(each.low)) for each in places]
    parts = [
        _grid(ticks, frame, y),
        svg.area(high, low, "dd-plot__band") if what.unit == "share" else "",
        _level(what, frame, y),
        svg.path(
            [(x(each.samples), y(each.middle)) for each in places], "dd-plot__line"
        ),
        _samples(what.along, places[-1].samples, frame, x),
    ]
    scale = "powers of ten" if what.unit == "wealth" else "percent"
    desc = f"{what.sentence} The upright axis is in {scale}. The table has figures."
    return frame.drawing(what.name, what.title, desc, parts)


def _along(last: int, frame: svg.Frame) -> Callable[[float], float]:
    def x(samples: float) -> float:
        return frame.left + samples / last * (frame.edge - frame.left)

    return x


Ticks = list[tuple[float, str]]
Upright = Callable[[float], float]


def _powers(what: Sequential, frame: svg.Frame) -> tuple[Ticks, Upright]:
    """Powers of ten from below the least wealth to above the level."""
    figures = [max(each.middle, _LEAST) for each in what.places]
    level = what.level[1] if what.level else 1.0
    bottom = min(-1, floor(log10(min(figures))))
    top = max(1, ceil(log10(max(*figures, level) * 1.01)))
    step = max(1, ceil((top - bottom) / 6))

    def y(value: float) -> float:
        place = (log10(max(value, _LEAST)) - bottom) / (top - bottom)
        return frame.floor - min(max(place, 0.0), 1.0) * (frame.floor - frame.top)

    powers = range(bottom, top + 1, step)
    return [(10.0**power, _power(power)) for power in powers], y


def _power(power: int) -> str:
    if 0 <= power <= 6:
        return f"{10**power:,}"
    return f"{10.0**power:g}" if -4 <= power < 0 else f"1e{power}"


def _shares(what: Sequential, frame: svg.Frame) -> tuple[Ticks, Upright]:
    """Percent, over what the interval spans once it has narrowed."""
    settled = what.places[len(what.places) // 10 :]
    level = [what.level[1]] if what.level else []
    bottom = min(0.0, *(each.low for each in settled), *level)
    top = max(0.0, *(each.high for each in settled), *level)
    # Nothing but zeros still has an axis: a percent of it.
    step = float(amounts(Decimal(f"{max(top - bottom, 0.01):.6f}"), 5).step)
    first = floor(bottom / step)
    last = max(ceil(top / step), first + 1)

    def y(value: float) -> float:
        place = (value - first * step) / ((last - first) * step)
        return frame.floor - min(max(place, 0.0), 1.0) * (frame.floor - frame.top)

    return [(n * step, f"{n * step * 100:g}%") for n in range(first, last + 1)], y


def _grid(ticks: Ticks, frame: svg.Frame, y: Upright) -> str:
    drawn = []
    for value, label in ticks:
        height = y(value)
        drawn.append(svg.line(frame.left, height, frame.edge, height, "dd-plot__grid"))
        drawn.append(svg.words(label, frame.left - 6.0, height + 4, anchor="end"))
    return "".join(drawn)


def _level(what: Sequential, frame: svg.Frame, y: Upright) -> str:
    if what.level is None:
        return ""
    said, value = what.level
    height = y(value)
    line = svg.line(frame.left, height, frame.edge, height, "dd-plot__level", "2 3")
    # The words keep off the line that is drawn, which ends at the same side.
    is_below = y(what.places[-1].middle) > height
    fits = frame.top + svg.TEXT < height
    place = height - 5 if is_below and fits else height + svg.TEXT + 2
    return line + svg.words(said, float(frame.edge), place, "dd-plot__label", "end")


def _samples(
    along: str, last: int, frame: svg.Frame, x: Callable[[float], float]
) -> str:
    """The axis of samples below what is plotted."""
    axis = amounts(Decimal(last), 3 if frame.is_narrow else 6, whole=True)
    drawn = [
        svg.line(frame.left, frame.floor, frame.edge, frame.floor, "dd-plot__axis")
    ]
    for value in axis.values:
        if value > last:
            break
        place, label = x(float(value)), f"{int(value):,}"
        half = width_of(label) / 2
        middle = min(place, frame.edge + 10 - half)
        drawn.append(
            svg.line(place, frame.floor, place, frame.floor + 5, "dd-plot__axis")
        )
        drawn.append(svg.words(label, middle, frame.floor + 20.0, anchor="middle"))
    centre = (frame.left + frame.edge) / 2
    drawn.append(svg.words(along, centre, frame.floor + 42.0, anchor="middle"))
    return "".join(drawn)


def _legend(what: Sequential) -> tuple[Key, ...]:
    line = svg.swatch(svg.line(0, 7, 30, 7, "dd-plot__line"))
    if what.unit == "wealth":
        return (Key("wealth of a bet against the count", line),)
    band = svg.swatch(svg.rect(0, 1, 30, 12, "dd-plot__band"))
    return (Key("estimate", line), Key("where it lies, at every moment at once", band))

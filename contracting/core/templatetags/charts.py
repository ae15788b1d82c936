"""Plain geometry of the pages' two drawings; the SVG itself is a template."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final, TypeAlias

Words: TypeAlias = Callable[[Decimal], str]
Point: TypeAlias = tuple[date | datetime, Decimal]

BAR_WIDTH: Final = 600

WIDTH: Final = 720
HEIGHT: Final = 300
LEFT: Final = 92
RIGHT: Final = 16
TOP: Final = 34
BOTTOM: Final = 38


@dataclass(frozen=True, slots=True)
class Bar:
    """A ceiling as a full bar, with its obligated and consumed parts."""

    width: int
    consumed_width: str
    obligated_width: str
    consumed: str
    obligated: str
    ceiling: str
    left: str
    share: str
    is_over: bool


def bar(
    *, consumed: Decimal, obligated: Decimal, ceiling: Decimal, words: Words
) -> Bar:
    """Lay out consumed and obligated against a ceiling in the same unit."""

    def part(value: Decimal) -> Decimal:
        if ceiling <= 0:
            return Decimal(0)
        return min(max(value / ceiling, Decimal(0)), Decimal(1))

    bound = obligated or ceiling
    return Bar(
        width=BAR_WIDTH,
        consumed_width=_at(BAR_WIDTH * part(consumed)),
        obligated_width=_at(BAR_WIDTH * part(obligated)),
        consumed=words(consumed),
        obligated=words(obligated),
        ceiling=words(ceiling),
        left=words(bound - consumed),
        share=f"{100 * consumed / bound:.1f}%" if bound else "0.0%",
        is_over=bool(bound) and consumed > bound,
    )


@dataclass(frozen=True, slots=True)
class Mark:
    """One grid line with its words; `at` is the coordinate across it."""

    at: str
    words: str
    anchor: str = "middle"
    is_minor: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the data table behind a chart."""

    when: date | datetime
    is_instant: bool
    value: str


@dataclass(frozen=True, slots=True)
class Line:
    """A cumulative line, its plan and its limit, in the coordinates of the drawing."""

    width: int
    height: int
    left: int
    right: int
    top: int
    floor: int
    path: str
    area: str
    plan_path: str
    limit_y: str
    limit_words: str
    end_x: str
    end_y: str
    y_marks: list[Mark]
    x_marks: list[Mark]
    rows: list[Row]
    sentence: str
    is_over: bool


def line(
    *,
    points: Sequence[Point],
    plan: Sequence[Point],
    limit: Decimal | None,
    words: Words,
    limit_label: str,
) -> Line:
    """Lay out a line from zero; an empty series draws the axes alone."""
    everything = [*points, *plan]
    times = [_seconds(when) for when, _ in everything] or [0.0]
    first, last = min(times), max(times)
    highest = max([value for _, value in everything] + [limit or Decimal(0)])
    step = _step(highest)
    steps = max(1, -int(-highest // step))
    top_value = step * steps

    def x(when: date | datetime) -> float:
        share = (_seconds(when) - first) / (last - first) if last > first else 0.0
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def y(value: Decimal) -> float:
        return HEIGHT - BOTTOM - float(value / top_value) * (HEIGHT - TOP - BOTTOM)

    def path(series: Sequence[Point]) -> str:
        return " ".join(
            f"{'L' if index else 'M'}{_at(x(when))} {_at(y(value))}"
            for index, (when, value) in enumerate(series)
        )

    drawn = path(points)
    floor = HEIGHT - BOTTOM
    area = ""
    if len(points) > 1:
        edges = f"L{_at(x(points[-1][0]))} {floor} L{_at(x(points[0][0]))} {floor} Z"
        area = f"{drawn} {edges}"
    end = points[-1] if points else None
    return Line(
        width=WIDTH,
        height=HEIGHT,
        left=LEFT,
        right=WIDTH - RIGHT,
        top=TOP,
        floor=floor,
        path=drawn,
        area=area,
        plan_path=path(plan),
        limit_y="" if limit is None else _at(y(limit)),
        limit_words="" if limit is None else f"{limit_label} {words(limit)}",
        end_x=_at(x(end[0])) if end else "",
        end_y=_at(y(end[1])) if end else "",
        y_marks=[
            Mark(at=_at(y(step * index)), words=_short(step * index, words))
            for index in range(steps + 1)
        ],
        x_marks=_x_marks(everything, x),
        rows=[Row(when, isinstance(when, datetime), words(v)) for when, v in points],
        sentence=_sentence(points, limit, words, limit_label),
        is_over=bool(end and limit is not None and end[1] > limit),
    )


def _sentence(
    points: Sequence[Point], limit: Decimal | None, words: Words, limit_label: str
) -> str:
    if not points:
        return "Nothing has been used yet."
    when, value = points[-1]
    said = f"{words(value)} by {_day_words(when)}"
    if limit is None or limit <= 0:
        return f"{said}."
    share = 100 * value / limit
    return f"{said}, {share:.1f}% of the {limit_label.lower()} of {words(limit)}."


def _x_marks(
    series: Sequence[Point], x: Callable[[date | datetime], float]
) -> list[Mark]:
    moments = sorted({when for when, _ in series}, key=_seconds)
    if not moments:
        return []
    count = min(len(moments), 5)
    chosen = [
        moments[i * (len(moments) - 1) // max(1, count - 1)] for i in range(count)
    ]
    span = _seconds(moments[-1]) - _seconds(moments[0])
    marks: list[Mark] = []
    for index, when in enumerate(dict.fromkeys(chosen)):
        anchor = "middle"
        if index == 0:
            anchor = "start"
        elif index == count - 1:
            anchor = "end"
        marks.append(
            Mark(_at(x(when)), _tick_words(when, span), anchor, anchor == "middle")
        )
    return marks


def _tick_words(when: date | datetime, span: float) -> str:
    if isinstance(when, datetime) and span < 2 * 86_400:
        utc = when.astimezone(UTC)
        return f"{utc.day} {utc:%b %H:%M}"
    return _day_words(when, with_year=span > 300 * 86_400)


def _day_words(when: date | datetime, *, with_year: bool = True) -> str:
    if isinstance(when, datetime):
        when = when.astimezone(UTC)
    return f"{when.day} {when:%b %Y}" if with_year else f"{when.day} {when:%b}"


def _seconds(when: date | datetime) -> float:
    if isinstance(when, datetime):
        return when.timestamp()
    return datetime(when.year, when.month, when.day, tzinfo=UTC).timestamp()


def _step(highest: Decimal) -> Decimal:
    """A round step (1, 2, 2.5 or 5 times a power of ten) that gives 3 to 5 lines."""
    if highest <= 0:
        return Decimal(1)
    unit = Decimal(1).scaleb(highest.adjusted() - 1)
    for factor in (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10)):
        if highest / (unit * factor) <= 5:
            return unit * factor
    for factor in (Decimal(20), Decimal(25), Decimal(50)):
        if highest / (unit * factor) <= 5:
            return unit * factor
    return unit * 100


def _short(value: Decimal, words: Words) -> str:
    """The words of an axis: 2,500,000 is 2.5 M there; the table keeps every digit."""
    text = words(Decimal(1))
    sign = "$" if text.startswith("$") else ""
    for size, letter in ((10**9, " B"), (10**6, " M"), (10**3, " K")):
        if abs(value) >= size:
            return f"{sign}{(value / size).normalize():f}{letter}"
    return f"{sign}{value.normalize():f}" if value else f"{sign}0"


def _at(value: float | Decimal) -> str:
    return f"{value:.1f}".removesuffix(".0")

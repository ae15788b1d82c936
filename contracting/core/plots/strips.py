"""P9: how a feed was in each hour. P10: days outside of what was expected."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import groupby
from typing import Final, Literal
from zoneinfo import ZoneInfo

from contracting.core.plots import svg, words
from contracting.core.plots.scales import Days, Y, amounts, upwards, width_of
from contracting.core.plots.tables import Column, Key, Plot, Table

ROW: Final = 22


class HourState(StrEnum):
    """What was heard of a feed in an hour."""

    RECEIVED = "received"
    EMPTY = "empty"
    MISSING = "missing"
    LATE = "late"
    AHEAD = "not yet"


MEANING: Final = {
    HourState.RECEIVED: "usage was received",
    HourState.EMPTY: "heard of, and nothing was used",
    HourState.MISSING: "nothing was heard: a gap, not zero",
    HourState.LATE: "usage came late",
}


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour of a feed. ``start`` is an aware instant; ``calls`` is what came."""

    start: datetime
    state: HourState
    calls: int = 0


@dataclass(frozen=True, slots=True)
class Gap:
    """Hours in a row in which nothing was heard."""

    start: datetime
    hours: int


def gaps(hours: Iterable[Hour]) -> list[Gap]:
    """The runs of missing hours, in order."""
    return [
        Gap(rows[0].start, len(rows))
        for state, run in groupby(hours, key=lambda hour: hour.state)
        if state == HourState.MISSING and (rows := list(run))
    ]


def feed_health(
    name: str, label: str, hours: Sequence[Hour], zone: ZoneInfo, notes: Sequence[str]
) -> Plot:
    """Draw a strip for each day, its hours from left to right.

    :param label: how people call the feed
    :param hours: in order; the days are those of ``zone``
    """
    title = f"{label}: what was heard in each hour"
    said = feed_sentence(label, hours, zone)
    return Plot(
        name=name,
        title=title,
        sentence=said,
        wide=_strips(name, title, said, hours, zone, 720) if hours else "",
        narrow=_strips(name, title, said, hours, zone, 360) if hours else "",
        table=_hours_table(title, hours),
        legend=_hours_legend(hours),
        notes=tuple(notes),
    )


def feed_sentence(label: str, hours: Sequence[Hour], zone: ZoneInfo) -> str:
    """The longest gap, or that there was none."""
    heard = [hour for hour in hours if hour.state != HourState.AHEAD]
    if not heard:
        return f"{label} has no hour to show yet."
    found = gaps(heard)
    if not found:
        return f"{label} was heard of in every hour."
    if len(found) == 1 and found[0].hours == len(heard):
        return f"{label} sent nothing in all these hours."
    longest = max(found, key=lambda gap: gap.hours)
    day = longest.start.astimezone(zone).date()
    more = sum(gap.hours for gap in found) - longest.hours
    rest = f", and {words.count(more, 'more hour')} in other gaps" if more else ""
    since = "on" if longest.hours < 24 else "from"
    return f"{label} sent nothing for {longest.hours} h {since} {words.day(day)}{rest}."


def _strips(
    name: str,
    title: str,
    said: str,
    hours: Sequence[Hour],
    zone: ZoneInfo,
    width: int,
) -> str:
    days = _by_day(hours, zone)
    frame = svg.Frame(width, 24 + ROW * len(days), left=56, right=4, top=20, bottom=4)
    cell = (frame.edge - frame.left) / 25
    parts = []
    for hour in (0, 6, 12, 18):
        x = frame.left + hour * cell
        parts.append(svg.words(f"{hour:02}:00", x, 13.0))
        parts.append(svg.line(x, 17, x, frame.floor, "dd-plot__grid"))
    for index, (day, of_day) in enumerate(days):
        top = frame.top + ROW * index
        parts.append(svg.words(f"{day.day} {day:%b}", 50.0, top + 15.0, anchor="end"))
        for state, run in groupby(enumerate(of_day), key=lambda each: each[1].state):
            cells = list(run)
            x = frame.left + cells[0][0] * cell
            wide = len(cells) * cell
            if state != HourState.AHEAD:
                parts.append(_box(state, x, top + 2, wide))
    return frame.drawing(name, title, f"{said} The table holds every hour.", parts)


def _box(state: HourState, x: float, y: float, width: float) -> str:
    """A box in the look of its state; heights tell the states apart without colour."""
    low = {HourState.RECEIVED: 18, HourState.LATE: 18, HourState.EMPTY: 6}.get(
        state, 18
    )
    drawn = svg.rect(x, y + 18 - low, width - 1, low, f"dd-hour--{state.value}")
    if state == HourState.LATE:
        drawn += svg.line(x, y + 9, x + width - 1, y + 9, "dd-plot__marks")
    if state == HourState.MISSING:
        drawn += svg.line(x, y, x + width - 1, y + 18, "dd-plot__cross")
    return drawn


def _by_day(hours: Sequence[Hour], zone: ZoneInfo) -> list[tuple[date, list[Hour]]]:
    """Hours by local day; the day on which clocks go back has 25 of them."""
    grouped = groupby(hours, key=lambda hour: hour.start.astimezone(zone).date())
    return [(day, list(of_day)) for day, of_day in grouped]


def _hours_legend(hours: Sequence[Hour]) -> tuple[Key, ...]:
    """The states that there are, in their looks."""
    present = {hour.state for hour in hours}
    return tuple(
        Key(said, svg.swatch(_box(state, 0, -2, 31)))
        for state, said in MEANING.items()
        if state in present
    )


def _hours_table(title: str, hours: Sequence[Hour]) -> Table:
    """Runs of hours in the same state: few rows say all of them."""
    columns = (
        Column("From", "instant"),
        Column("To", "instant"),
        Column("Hours", "number"),
        Column("What was heard"),
        Column("Calls", "number"),
    )
    rows = []
    for state, run in groupby(hours, key=lambda hour: hour.state):
        of_run = list(run)
        end = of_run[-1].start + timedelta(hours=1)
        calls = sum(hour.calls for hour in of_run)
        if state != HourState.AHEAD:
            rows.append((of_run[0].start, end, len(of_run), MEANING[state], calls))
    return Table(title, columns, tuple(rows))


@dataclass(frozen=True, slots=True)
class Expected:
    """A day's use, and between which amounts it was expected.

    ``reason`` says what is known of a day outside of them.
    """

    day: date
    used: Decimal
    low: Decimal
    middle: Decimal
    high: Decimal
    reason: str = ""

    @property
    def is_outside(self) -> bool:
        return not self.low <= self.used <= self.high

    @property
    def times(self) -> Decimal | None:
        """How many times what was expected it is; nothing where none was expected."""
        if self.middle <= 0:
            return None
        return (self.used / self.middle).quantize(Decimal("0.1"))


STRIP_WIDE: Final = svg.Frame(720, 260, left=70, right=20, top=30, bottom=34)
STRIP_NARROW: Final = svg.Frame(360, 240, left=58, right=14, top=30, bottom=34)


def anomalies(
    name: str,
    days: Sequence[Expected],
    unit: Literal["tokens", "dollars"],
    notes: Sequence[str] = (),
) -> Plot:
    """Draw each day's use over the band in which it was expected."""
    title = "Tokens a day" if unit == "tokens" else "US dollars a day"
    title += ", and what was expected"
    said = anomaly_sentence(days)
    return Plot(
        name=name,
        title=title,
        sentence=said,
        wide=_days(name, title, said, days, unit, STRIP_WIDE) if days else "",
        narrow=_days(name, title, said, days, unit, STRIP_NARROW) if days else "",
        table=_days_table(title, days, unit),
        legend=_days_legend() if days else (),
        notes=tuple(notes),
    )


def anomaly_sentence(days: Sequence[Expected]) -> str:
    """The day that is farthest above what was expected, and how many there were."""
    if not days:
        return "Too few days of use to say what is usual."
    outside = [each for each in days if each.is_outside]
    if not outside:
        return f"All {words.count(len(days), 'day')} are as expected."
    worst = max(outside, key=lambda each: abs(each.used - each.middle))
    times = worst.times
    found = "unexpected use" if times is None else f"{times}× expected"
    reason = f": {worst.reason}" if worst.reason else ""
    rest = len(outside) - 1
    more = f" {words.count(rest, 'more day')} outside the band." if rest else ""
    return f"{found} on {words.day(worst.day)}{reason}.{more}".replace("..", ".")


def _days(
    name: str,
    title: str,
    said: str,
    days: Sequence[Expected],
    unit: str,
    frame: svg.Frame,
) -> str:
    axis = amounts(
        max(max(each.used, each.high) for each in days), whole=unit == "tokens"
    )
    y = upwards(axis, frame.top, frame.floor)
    calendar = Days(days[0].day, days[-1].day, frame.left, frame.edge)
    places = [(calendar.x(each.day), each) for each in days]
    parts = [
        frame.grid(axis, y, "$" if unit == "dollars" else ""),
        svg.area(
            [(x, y(each.high)) for x, each in places],
            [(x, y(each.low)) for x, each in places],
            "dd-plot__band",
        ),
        svg.path([(x, y(each.middle)) for x, each in places], "dd-plot__plan", "6 5"),
        svg.path([(x, y(each.used)) for x, each in places], "dd-plot__line"),
        *_outside(places, y, frame),
        frame.calendar(calendar),
    ]
    return frame.drawing(name, title, f"{said} The table holds every day.", parts)


def _outside(
    places: Sequence[tuple[float, Expected]], y: Y, frame: svg.Frame
) -> list[str]:
    """A diamond on each day outside, with how many times it is where there is room."""
    drawn = []
    end = float(frame.left)
    for x, each in places:
        if not each.is_outside:
            continue
        height = y(each.used)
        diamond = "M0 -6 L6 0 L0 6 L-6 0 Z"
        drawn.append(
            svg.element(
                "path",
                class_="dd-plot__outside",
                d=diamond,
                transform=f"translate({svg.at(x)} {svg.at(height)})",
            )
        )
        said = "" if each.times is None else f"{each.times}×"
        half = width_of(said) / 2
        middle = min(x, frame.edge - half)
        if said and middle - half >= end:
            drawn.append(
                svg.words(said, middle, height - 10, "dd-plot__label", "middle")
            )
            end = middle + half + 6
    return drawn


def _days_legend() -> tuple[Key, ...]:
    return (
        Key("used", svg.swatch(svg.line(0, 7, 30, 7, "dd-plot__line"))),
        Key("expected", svg.swatch(svg.line(0, 7, 30, 7, "dd-plot__plan", "6 5"))),
        Key("as usual", svg.swatch(svg.rect(0, 1, 30, 12, "dd-plot__band"))),
        Key(
            "outside",
            svg.swatch(
                svg.element(
                    "path",
                    class_="dd-plot__outside",
                    d="M15 1 L21 7 L15 13 L9 7 Z",
                )
            ),
        ),
    )


def _days_table(
    title: str, days: Sequence[Expected], unit: Literal["tokens", "dollars"]
) -> Table:
    columns = (
        Column("Day", "day"),
        Column("Used", unit),
        Column("Expected at least", unit),
        Column("Expected", unit),
        Column("Expected at most", unit),
        Column("Finding"),
    )
    rows = tuple(
        (
            each.day,
            each.used,
            each.low,
            each.middle,
            each.high,
            (each.reason or "outside") if each.is_outside else "as usual",
        )
        for each in days
    )
    return Table(title, columns, rows)

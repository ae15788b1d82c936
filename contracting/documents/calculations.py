"""Words, figures and drawings on paper, from the plain values of a frozen context.

A value that does not fit its column is printed as it stands: paper never fails because
a field was filled with words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from zoneinfo import ZoneInfo

from contracting.core.plots import words
from contracting.core.plots.waterfall import Down, waterfall
from contracting.core.templatetags import drawdown

_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_INSTANT: Final = re.compile(
    r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|\+00:00)"
)


def printed(value: Any, shape: str = "text", zone: str = "") -> str:
    """One value as it is printed in a column of that shape.

    :param shape: ``text tokens mtok dollars price percent`` or ``mono``; a day or an
        instant in canonical form is recognised in any of them
    :param zone: the contract's time zone; an instant is shown in it and in UTC
    """
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "\n".join(printed(item, shape, zone) for item in value)
    if isinstance(value, str):
        if _INSTANT.fullmatch(value):
            return instant_words(value, zone)
        if _DAY.fullmatch(value):
            return day_words(date.fromisoformat(value))
    figures = _FIGURES.get(shape)
    if figures is None:
        return str(value)
    try:
        return str(figures(Decimal(str(value))))
    except (InvalidOperation, ValueError):
        return str(value)


def instant_words(text: str, zone: str = "") -> str:
    """``2026-11-27T22:00:00.000000Z`` as words, in the contract's zone and in UTC."""
    utc = datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(UTC)
    shown = f"{_time_of_day(utc)} UTC"
    if not zone:
        return f"{day_words(utc.date())}, {shown}"
    local = utc.astimezone(ZoneInfo(zone))
    if local.date() != utc.date():
        shown = f"{day_words(utc.date())}, {shown}"
    clock = f"{_clock_words(local)} {local.tzname()}"
    return f"{day_words(local.date())}, {clock} ({shown})"


def period_words(start: datetime, end: datetime, zone: str) -> str:
    """A half-open period in the contract's zone, each end with its day.

    Whole days are ``3 Mar 2026 to 5 Mar 2026``, the last one included; within a day it
    is ``3 Mar 2026, 9:00 a.m. to 9:10 a.m. EST``.

    :param start: an aware instant, included
    :param end: an aware instant, not included
    :param zone: IANA name, such as ``America/New_York``
    """
    first, last = start.astimezone(ZoneInfo(zone)), end.astimezone(ZoneInfo(zone))
    if first.time() == last.time() == time.min:
        closing = last.date() - timedelta(days=1)
        whole = [day_words(day) for day in dict.fromkeys((first.date(), closing))]
        return " to ".join(whole)
    if first.date() != last.date() or first.tzname() != last.tzname():
        return " to ".join(
            f"{day_words(each.date())}, {_clock_words(each)} {each.tzname()}"
            for each in (first, last)
        )
    clocks = f"{_clock_words(first)} to {_clock_words(last)} {last.tzname()}"
    return f"{day_words(first.date())}, {clocks}"


def _clock_words(local: datetime) -> str:
    half = "a.m." if local.hour < 12 else "p.m."
    seconds = f":{local:%S}" if local.second else ""
    return f"{local.hour % 12 or 12}:{local:%M}{seconds} {half}"


def is_day(value: Any) -> bool:
    """Whether the value is a calendar day in canonical form, which never wraps."""
    return isinstance(value, str) and bool(_DAY.fullmatch(value))


def day_words(day: date) -> str:
    """27 Nov 2026."""
    return f"{day.day} {day:%b %Y}"


def _time_of_day(instant: datetime) -> str:
    return f"{instant:%H:%M:%S}" if instant.second else f"{instant:%H:%M}"


FACE_LETTERS: Final = 900
FACE_LINES: Final = 9
"""Longer words of a block stand on its form in part, and whole on the continuation:
the face of a form is one page, and its signatures are on it."""
_LETTERS_OF_A_LINE: Final = 108


def on_the_face(whole: str, width: float, most: int = FACE_LINES) -> str:
    """As many letters and lines as the face of a form has room for.

    :param width: of the block, 1 for all that a page has
    :param most: lines of a block
    """
    of_a_line = max(1, int(_LETTERS_OF_A_LINE * width))
    shown, lines = "", 0
    for line in whole[:FACE_LETTERS].splitlines(keepends=True):
        room = (most - lines) * of_a_line
        shown += line[:room]
        lines += max(1, -(-len(line) // of_a_line))
        if lines >= most:
            break
    if len(shown.rstrip()) >= len(whole.rstrip()):
        return whole
    return f"{shown.rstrip()} … (in full on the continuation sheet)"


_DAYS_AND_CLOCKS: Final = re.compile(
    r"\b(\d{1,2}) ([A-Z][a-z]{2}) (\d{4})\b|(\d) ([ap]\.m\.)"
)


def kept_together(text: str) -> str:
    """A day and a time of day are never broken: a narrow column would make a list."""
    return _DAYS_AND_CLOCKS.sub(lambda found: found[0].replace(" ", "\u00a0"), text)


def _tokens(value: Decimal) -> str:
    """A count with separators; a quantity in millions keeps its decimals."""
    if value == value.to_integral_value():
        return drawdown.tokens(value)
    return f"{value.normalize():,f}"


def _mtok(value: Decimal) -> str:
    """Millions of tokens to the token: six decimals, always."""
    return f"{value:,.6f}"


def _percent(value: Decimal) -> str:
    return f"{value.normalize():f}%"


_FIGURES: Final[dict[str, Callable[[Decimal], str]]] = {
    "tokens": _tokens,
    "mtok": _mtok,
    "dollars": drawdown.dollars,
    "price": drawdown.dollars,
    "percent": _percent,
}
FIGURES: Final = frozenset(_FIGURES)
"""The shapes that stand at the right of their column."""


_INKS: Final = (
    "<style>text { font-family: 'Public Sans'; font-size: 13px; fill: #111; "
    "font-variant-numeric: tabular-nums; } "
    ".dd-plot__obligated { fill: #5b6f8c; } .dd-plot__used { fill: #b8c4d6; "
    "stroke: #33475f; stroke-width: .8px; } "
    ".dd-plot__used--over { fill: #a8200d; } .dd-plot__grid { stroke: #8a8f95; }"
    "</style>"
)
"""How a drawing looks on paper: told apart by their greys, and by an edge."""


def drawing_of(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The steps of a waterfall as a bar chart; none where they do not add up.

    The first row is the start and the last one the end; the table beside it holds every
    digit of each. Every word of the drawing is escaped where it is drawn.
    """
    if len(rows) < 2:
        return {}
    try:
        amounts = [Decimal(str(row["amount"])) for row in rows]
        labels = [str(row["step"]) for row in rows]
        made = waterfall(
            "why",
            f"Bar chart: from {labels[0].lower()} {words.dollars(amounts[0])} to "
            f"{labels[-1].lower()} {words.dollars(amounts[-1])}, step by step. "
            "The table holds every figure",
            "",
            ((labels[0], amounts[0]), (labels[-1], amounts[-1])),
            [
                Down(label, -amount)
                for label, amount in zip(labels[1:-1], amounts[1:-1], strict=True)
            ],
        )
    except (KeyError, ValueError, InvalidOperation):
        return {}
    return {
        "svg": made.wide.replace("<title", f"{_INKS}<title", 1),
        "notes": made.notes,
    }

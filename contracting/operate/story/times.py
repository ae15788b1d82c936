"""When each step of the story happens, told from its last day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from contracting.core.periods import fiscal_year

ZONE = "America/New_York"
TRACE_DAY = date(2023, 11, 16)

STARTS = -130
ORDER = -77
ISSUE = -74
PERFORMANCE = -72
USAGE = -60
FIRST_REPORT = -58
OVERDUE_NIGHT = -56
INVOICE = -55
ACCEPTANCE = -54
ANSWER = -52
RESOLUTION = -51
CERTIFICATION = -50
LAST_DAY = -1
CLOSE_OUT = 0

EARLIEST = date(2025, 12, 28)
"""An earlier story's offers could not name the model: it was not out yet."""
LATEST = date(2099, 12, 31)
_MODEL_FROM = EARLIEST + timedelta(days=-90)


@dataclass(frozen=True, slots=True)
class Competition:
    """The days of one competition, told from the anchor."""

    need: int
    solicitation: int
    answers: int
    deadline: int
    opening: int
    decision: int
    award: int

    @property
    def release(self) -> int:
        """Two days of reviews after the package was drafted."""
        return self.solicitation + 2


PILOT = Competition(-112, -110, -102, -90, -89, -82, -79)
"""One contract for the claims assistant, with an amendment and a late offer."""
RECORDS = Competition(-49, -47, -40, -27, -20, -16, -14)
"""Two contracts for the archive search; its offers are opened after a payment."""
NEXT = Competition(-5, -4, -2, 15, 16, 23, 59)
"""The competition that is open when the story ends."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days of one telling; ``anchor`` is the day of close-out, in contract time."""

    anchor: date

    def day(self, offset: int) -> date:
        """The day that many days from the anchor."""
        return self.anchor + timedelta(days=offset)

    def at(self, offset: int, hour: int, minute: int = 0) -> datetime:
        """An instant on that day, in contract time."""
        local = datetime.combine(self.day(offset), time(hour, minute), ZoneInfo(ZONE))
        return local.astimezone(UTC)

    @property
    def trace_shift(self) -> timedelta:
        """A whole number of days from the trace's day to the day of usage."""
        return timedelta(days=(self.day(USAGE) - TRACE_DAY).days)

    @property
    def funds_from(self) -> date:
        """The first day of the fiscal year in which the story begins."""
        return date(fiscal_year(self.day(STARTS)) - 1, 10, 1)

    @property
    def funds_to(self) -> date:
        """Two-year funds: the last day of the following fiscal year."""
        return date(self.funds_from.year + 2, 9, 30)


def why_not(anchor: date) -> str:
    """Why no story can end on that day, in one line, or nothing."""
    if EARLIEST <= anchor <= LATEST:
        return ""
    return (
        f"The story cannot end on {anchor}: its model is in force from {_MODEL_FROM}, "
        f"so its last day lies between {EARLIEST} and {LATEST}."
    )


def yesterday(today: date) -> Calendar:
    """The telling whose last step falls on the day before ``today``."""
    return Calendar(today - timedelta(days=1))

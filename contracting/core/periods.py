"""Periods, accounting days, fiscal years and federal business days.

Periods are half-open and in UTC; a time zone only computes where a local day begins. A
day therefore has 23, 24 or 25 hours.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from contracting.core.errors import Invalid

_DAY = timedelta(days=1)
FISCAL_YEAR_FIRST_MONTH = 10
PLAUSIBLE_YEARS = range(2000, 2101)
"""The years that a contract may name: outside of them a typing error is certain."""


class BadPeriod(Invalid):
    """A period that ends before it begins, lacks a zone, or names an unknown one."""

    code = "bad_period"


@dataclass(frozen=True, slots=True)
class Period:
    """A half-open span of aware instants, [start, end), kept in UTC.

    :raises BadPeriod: if an instant has no time zone, or the end is not after the start
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        object.__setattr__(self, "start", _utc(self.start))
        object.__setattr__(self, "end", _utc(self.end))
        if self.end <= self.start:
            message = "A period ends after it begins."
            raise BadPeriod(message, start=self.start, end=self.end)

    def contains(self, instant: datetime) -> bool:
        """Whether the instant lies inside; the end itself does not."""
        return self.start <= instant < self.end

    def overlaps(self, other: Period) -> bool:
        """Whether the two share an instant; periods that touch do not."""
        return self.start < other.end and other.start < self.end

    def days(self, zone: str | ZoneInfo) -> list[date]:
        """The local days that the period touches, in order."""
        first = accounting_day(self.start, zone)
        last = accounting_day(self.end - timedelta(microseconds=1), zone)
        return [first + n * _DAY for n in range((last - first).days + 1)]


def is_plausible(day: date) -> bool:
    """Whether a day, or the day of an instant, lies in the years 2000 to 2100."""
    return day.year in PLAUSIBLE_YEARS


def zone_of(name: str | ZoneInfo) -> ZoneInfo:
    """The time zone of that IANA name, such as ``America/New_York``.

    :raises BadPeriod: if there is no such zone
    """
    if isinstance(name, ZoneInfo):
        return name
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        message = f"{name!r} is not a time zone such as America/New_York."
        raise BadPeriod(message, zone=name) from error


def accounting_day(instant: datetime, zone: str | ZoneInfo) -> date:
    """The local day on which the instant falls.

    :raises BadPeriod: if the instant has no time zone or the zone does not exist
    """
    try:
        return _utc(instant).astimezone(zone_of(zone)).date()
    except OverflowError as error:
        raise _beyond_the_calendar() from error


def day_bounds(day: date, zone: str | ZoneInfo) -> Period:
    """The instants of one local day, 23 to 25 hours.

    :raises BadPeriod: if the zone does not exist, or never had that day, as Apia had no
        30 December 2011
    """
    return days_bounds(day, day, zone)


def days_bounds(first_day: date, last_day: date, zone: str | ZoneInfo) -> Period:
    """The instants of whole local days; ``last_day`` is included.

    :raises BadPeriod: if the last day is before the first, the zone does not exist or
        the calendar, which ends with the year 9999, has no such instant
    """
    if last_day < first_day:
        message = "The last day is before the first."
        raise BadPeriod(message, first_day=first_day, last_day=last_day)
    try:
        return Period(_midnight(first_day, zone), _midnight(last_day + _DAY, zone))
    except OverflowError as error:
        raise _beyond_the_calendar() from error


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def extended(last_day: date, months: int) -> date:
    """The last day of a period that is extended by whole months from the day after.

    A period that ends with a month still does: 28 February plus a year is the 29th.
    """
    return months_after(last_day + _DAY, months) - _DAY


def days_earlier(instant: datetime, zone: str, days: int) -> datetime:
    """So many calendar days before, at the same time of day on the clocks of a zone.

    :raises BadPeriod: for a time zone that does not exist
    """
    local = instant.astimezone(zone_of(zone))
    return (local - timedelta(days=days)).astimezone(UTC)


def fiscal_year(day: date) -> int:
    """The federal fiscal year, four digits: it begins on 1 October (31 USC 1102)."""
    return day.year + (day.month >= FISCAL_YEAR_FIRST_MONTH)


def fiscal_year_bounds(fy: int) -> tuple[date, date]:
    """The first and the last day of a federal fiscal year of four digits."""
    first = date(fy - 1, FISCAL_YEAR_FIRST_MONTH, 1)
    return first, date(fy, FISCAL_YEAR_FIRST_MONTH, 1) - _DAY


def is_business_day(day: date) -> bool:
    """Neither a weekend nor a federal holiday as observed (5 USC 6103).

    :raises BadPeriod: in a year of which no federal holiday is known
    """
    return day.weekday() < 5 and day not in federal_holidays(day.year)


def rest_day_words(day: date) -> str:
    """Why federal offices rest on that day: ``"a Saturday"``; empty if they do not.

    :raises BadPeriod: in a year of which no federal holiday is known
    """
    if name := federal_holidays(day.year).get(day):
        return f"{name}, a federal holiday"
    return "" if day.weekday() < 5 else f"a {day:%A}"


def next_business_day(day: date) -> date:
    """The day itself if it is a business day, else the first one after it.

    :raises BadPeriod: if the calendar ends before it
    """
    try:
        while not is_business_day(day):
            day += _DAY
    except OverflowError as error:
        raise _beyond_the_calendar() from error
    return day


def add_business_days(day: date, n: int) -> date:
    """The n-th business day after ``day``, or before it when ``n`` is negative.

    :raises BadPeriod: if the calendar ends before it
    """
    step = _DAY if n >= 0 else -_DAY
    left = abs(n)
    try:
        while left:
            day += step
            left -= is_business_day(day)
    except OverflowError as error:
        raise _beyond_the_calendar() from error
    return day


def business_days_between(first: date, last: date) -> int:
    """How many business days follow ``first`` up to and including ``last``.

    :raises BadPeriod: in a year of which no federal holiday is known
    """
    days = (last - first).days
    return sum(is_business_day(first + _DAY * n) for n in range(1, days + 1))


@lru_cache(maxsize=200)
def federal_holidays(year: int) -> Mapping[date, str]:
    """The days of a calendar year on which federal offices rest, with their names.

    What falls on a Saturday is observed on Friday, what falls on a Sunday on Monday.

    :raises BadPeriod: for a year of which no holiday is known: business days that
        nobody can tell are not counted
    """
    import holidays

    found = {
        day: name
        for day, name in sorted(holidays.country_holidays("US", years=year).items())
        if day.year == year and day.weekday() < 5
    }
    if not found:
        message = f"No federal holidays are known for the year {year}."
        raise BadPeriod(message, year=year)
    return found


@lru_cache(maxsize=4_096)
def _midnight(day: date, zone: str | ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone_of(zone)).astimezone(UTC)


def _utc(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        message = "An instant has a time zone."
        raise BadPeriod(message, instant=instant.isoformat())
    try:
        return instant.astimezone(UTC)
    except OverflowError as error:
        raise _beyond_the_calendar() from error


def _beyond_the_calendar() -> BadPeriod:
    return BadPeriod("The calendar has no such day; it ends with the year 9999.")

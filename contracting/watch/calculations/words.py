"""A forecast in one sentence, for a page, a notice and a table."""

from __future__ import annotations

from datetime import date

from contracting.watch.calculations import (
    DAYS_FOR_A_DATE,
    DAYS_FOR_A_RANGE,
    Amount,
    BackTest,
    Forecast,
)
from contracting.watch.states import Measure, Outlook


def sentence(said: Forecast) -> str:
    """When it ends, between which days, and how long before the period does."""
    what = "Funds" if said.measure == Measure.DOLLARS else "Tokens"
    end = _day(said.period_end)
    if said.outlook == Outlook.NO_USE:
        return f"Nothing is used yet; the period ends on {end}."
    if said.outlook == Outlook.EXHAUSTED:
        return f"{what} are exhausted: {_figure(said, said.used)} are used."
    if said.outlook == Outlook.PERIOD_OVER:
        return f"The period ended on {end}; {_figure(said, said.left)} are left."
    if said.outlook == Outlook.TOO_EARLY:
        return (
            f"{what} cannot be forecast from {_days(said.days_of_data)} of use; "
            f"{DAYS_FOR_A_RANGE} are needed."
        )
    if said.outlook == Outlook.RANGE_ONLY:
        return _range_only(said)
    if said.outlook == Outlook.NOT_EXHAUSTING:
        return f"{what} are not expected to run out before the period ends on {end}."
    if said.outlook == Outlook.MAY_EXHAUST:
        return _may(said, what)
    return _ending(said, what)


def back_test_sentence(test: BackTest | None) -> str:
    """How far off the same forecast was on the days that it was not shown."""
    if test is None:
        return "There are too few days to test the forecast on days it was not shown."
    off = "had no use to compare with"
    if test.error_percent is not None:
        way = "too high" if test.error_percent > 0 else "too low"
        off = f"was {abs(test.error_percent)} % {way} in sum"
    mape = f", {test.mape_percent} % a day" if test.mape_percent is not None else ""
    inside = "inside" if test.is_inside else "outside"
    return (
        f"Made before the last {_days(test.days)}, the forecast {off}{mape}; what was "
        f"used lies {inside} its 80 % range."
    )


def _range_only(said: Forecast) -> str:
    if said.at_completion is None:
        return (
            f"No date is forecast from {_days(said.days_of_data)} of use; "
            f"{DAYS_FOR_A_DATE} are needed."
        )
    low = _figure(said, said.at_completion.p10)
    high = _figure(said, said.at_completion.p90)
    return (
        f"By {_day(said.period_end)} between {low} and {high} will be used (80 %), of "
        f"{_figure(said, said.limit)}; {DAYS_FOR_A_DATE} days of use are needed for a "
        f"date, {said.days_of_data} are there."
    )


def _may(said: Forecast, what: str) -> str:
    dates, chance = said.exhausts_on, said.chance_of_exhausting
    first = _day(dates.p10) if dates and dates.p10 else "then"
    return (
        f"{what} will probably last until the period ends on {_day(said.period_end)}; "
        f"on one path in ten they end by {first} (chance {_percent(chance)})."
    )


def _ending(said: Forecast, what: str) -> str:
    dates = said.exhausts_on
    if dates is None or dates.p50 is None:
        return ""
    first = _day(dates.p10 or dates.p50)
    last = _day(dates.p90) if dates.p90 else "the end of the period or later"
    early = said.days_before_the_end or 0
    when = f"{_days(early)} before the period ends" if early else "as the period ends"
    return (
        f"At the present rate {what.lower()} end on {_day(dates.p50)} (80 % between "
        f"{first} and {last}), {when}."
    )


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def _days(count: int) -> str:
    return f"{count} day" if count == 1 else f"{count} days"


def _percent(chance: object) -> str:
    return f"{round(100 * float(str(chance)))} %" if chance is not None else "unknown"


def _figure(said: Forecast, amount: Amount) -> str:
    if said.measure == Measure.DOLLARS:
        return f"${amount:,.2f}"
    return f"{amount:,} tokens"

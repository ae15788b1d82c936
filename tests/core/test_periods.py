"""Half-open periods, accounting days, fiscal years and business days."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from contracting.core.periods import (
    BadPeriod,
    Period,
    accounting_day,
    add_business_days,
    day_bounds,
    days_bounds,
    days_earlier,
    federal_holidays,
    fiscal_year,
    fiscal_year_bounds,
    is_business_day,
    next_business_day,
    rest_day_words,
)

NEW_YORK = "America/New_York"
ZONES = [
    NEW_YORK,
    "UTC",
    "Pacific/Honolulu",
    "Europe/Berlin",
    "Australia/Lord_Howe",
    "America/Havana",
    "Africa/Cairo",
    "Pacific/Apia",
]
days = st.dates(min_value=date(2000, 1, 1), max_value=date(2060, 12, 31))


def utc(*parts):
    return datetime(*parts).replace(tzinfo=UTC)  # noqa: DTZ001


def test_a_period_holds_its_start_and_not_its_end():
    period = Period(utc(2026, 11, 1), utc(2026, 12, 1))

    assert period.contains(utc(2026, 11, 1))
    assert period.contains(utc(2026, 11, 30, 23, 59, 59, 999_999))
    assert not period.contains(utc(2026, 12, 1))
    assert not period.contains(utc(2026, 10, 31, 23, 59, 59))


def test_periods_that_touch_do_not_overlap():
    november = Period(utc(2026, 11, 1), utc(2026, 12, 1))
    december = Period(utc(2026, 12, 1), utc(2027, 1, 1))
    turn = Period(utc(2026, 11, 30), utc(2026, 12, 2))

    assert not november.overlaps(december)
    assert not december.overlaps(november)
    assert november.overlaps(turn)
    assert turn.overlaps(december)


def test_the_same_period_in_another_zone_is_the_same_period():
    zone = ZoneInfo(NEW_YORK)
    local = Period(
        datetime(2026, 11, 1, tzinfo=zone), datetime(2026, 12, 1, tzinfo=zone)
    )

    assert local == Period(utc(2026, 11, 1, 4), utc(2026, 12, 1, 5))


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (utc(2026, 11, 2), utc(2026, 11, 1)),
        (utc(2026, 11, 1), utc(2026, 11, 1)),
        (datetime(2026, 11, 1), utc(2026, 11, 2)),  # noqa: DTZ001
    ],
)
def test_a_period_without_length_or_zone_is_refused(start, end):
    with pytest.raises(BadPeriod):
        Period(start, end)


def test_usage_late_in_the_evening_belongs_to_the_local_day():
    # Given an event at one in the morning UTC: the evening before in Washington
    instant = utc(2026, 7, 1, 1)

    assert accounting_day(instant, NEW_YORK) == date(2026, 6, 30)
    assert accounting_day(instant, "UTC") == date(2026, 7, 1)


def test_midnight_begins_the_new_day():
    assert accounting_day(utc(2026, 7, 1, 4), NEW_YORK) == date(2026, 7, 1)
    assert accounting_day(utc(2026, 7, 1, 3, 59, 59), NEW_YORK) == date(2026, 6, 30)


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        (date(2026, 3, 8), 23),  # clocks go forward
        (date(2026, 11, 1), 25),  # clocks go back
        (date(2026, 11, 2), 24),
    ],
)
def test_a_day_has_23_24_or_25_hours(day, hours):
    bounds = day_bounds(day, NEW_YORK)

    assert bounds.end - bounds.start == timedelta(hours=hours)


def test_the_hour_that_comes_twice_lies_in_one_day_both_times():
    first, second = utc(2026, 11, 1, 5, 30), utc(2026, 11, 1, 6, 30)
    zone = ZoneInfo(NEW_YORK)

    assert first.astimezone(zone).hour == second.astimezone(zone).hour == 1
    assert accounting_day(first, NEW_YORK) == accounting_day(second, NEW_YORK)


def test_a_period_of_performance_includes_its_last_day():
    period = days_bounds(date(2026, 10, 1), date(2027, 9, 30), NEW_YORK)

    assert period.start == utc(2026, 10, 1, 4)
    assert period.end == utc(2027, 10, 1, 4)
    assert len(period.days(NEW_YORK)) == 365


def test_a_period_that_ends_at_midnight_does_not_touch_the_next_day():
    assert day_bounds(date(2026, 11, 1), NEW_YORK).days(NEW_YORK) == [date(2026, 11, 1)]


def test_a_last_day_before_the_first_is_refused():
    with pytest.raises(BadPeriod):
        days_bounds(date(2026, 10, 2), date(2026, 10, 1), NEW_YORK)


def test_a_zone_that_does_not_exist_is_refused():
    with pytest.raises(BadPeriod, match="not a time zone"):
        day_bounds(date(2026, 10, 2), "America/Springfield")


def test_a_day_that_its_zone_left_out_has_no_instants():
    # Samoa went to the other side of the date line at the end of 29 December 2011
    with pytest.raises(BadPeriod):
        day_bounds(LEFT_OUT, "Pacific/Apia")
    before = day_bounds(LEFT_OUT - timedelta(1), "Pacific/Apia")
    after = day_bounds(LEFT_OUT + timedelta(1), "Pacific/Apia")
    assert before.end == after.start


LEFT_OUT = date(2011, 12, 30)


@given(day=days, zone=st.sampled_from(ZONES))
def test_days_follow_each_other_without_gap_or_overlap(day, zone):
    assume(zone != "Pacific/Apia" or LEFT_OUT not in (day, day + timedelta(1)))
    today, tomorrow = day_bounds(day, zone), day_bounds(day + timedelta(1), zone)

    assert today.end == tomorrow.start
    assert not today.overlaps(tomorrow)


@given(
    instant=st.datetimes(
        min_value=datetime(2000, 1, 1),  # noqa: DTZ001
        max_value=datetime(2060, 1, 1),  # noqa: DTZ001
        timezones=st.just(UTC),
    ),
    zone=st.sampled_from(ZONES),
)
def test_an_instant_lies_in_the_bounds_of_its_accounting_day(instant, zone):
    assert day_bounds(accounting_day(instant, zone), zone).contains(instant)


@pytest.mark.parametrize(
    ("day", "year"),
    [
        (date(2026, 9, 30), 2026),
        (date(2026, 10, 1), 2027),
        (date(2026, 12, 31), 2027),
        (date(2027, 1, 1), 2027),
    ],
)
def test_the_fiscal_year_turns_on_the_first_of_october(day, year):
    assert fiscal_year(day) == year


def test_a_fiscal_year_runs_from_october_to_september():
    assert fiscal_year_bounds(2027) == (date(2026, 10, 1), date(2027, 9, 30))


@given(day=days)
def test_a_day_lies_in_its_fiscal_year(day):
    first, last = fiscal_year_bounds(fiscal_year(day))

    assert first <= day <= last


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2026, 11, 26), "Thanksgiving"),
        (date(2026, 7, 3), "Independence Day on a Saturday"),
        (date(2027, 7, 5), "Independence Day on a Sunday"),
        (date(2027, 12, 31), "New Year's Day of 2028 on a Saturday"),
        (date(2026, 6, 19), "Juneteenth"),
        (date(2026, 11, 28), "a Saturday"),
        (date(2026, 11, 29), "a Sunday"),
    ],
)
def test_federal_offices_rest_on_weekends_and_holidays_as_observed(day, why):
    assert not is_business_day(day), why


def test_days_earlier_are_counted_on_the_clocks_of_the_zone():
    # 2 p.m. in winter is 19:00 UTC, and a week before the change it was 18:00
    due = datetime(2026, 11, 4, 19, tzinfo=UTC)
    earlier = datetime(2026, 10, 28, 18, tzinfo=UTC)
    assert days_earlier(due, "America/New_York", 7) == earlier
    leap = datetime(2028, 3, 1, 19, tzinfo=UTC)
    before_it = datetime(2028, 2, 29, 19, tzinfo=UTC)
    assert days_earlier(leap, "America/New_York", 1) == before_it


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 12, 25), "Christmas Day, a federal holiday"),
        (date(2026, 11, 28), "a Saturday"),
        (date(2028, 2, 29), ""),
    ],
)
def test_why_offices_rest_is_told(day, words):
    assert rest_day_words(day) == words


def test_the_day_after_thanksgiving_and_a_state_holiday_are_business_days():
    assert is_business_day(date(2026, 11, 27))
    assert is_business_day(date(2026, 4, 16))  # Emancipation Day, Washington only


def test_every_year_has_eleven_holidays_give_or_take_the_turn():
    for year in range(2022, 2041):
        assert 10 <= len(federal_holidays(year)) <= 12


@pytest.mark.parametrize("year", [1700, 2200])
def test_business_days_beyond_the_known_holidays_are_not_counted(year):
    with pytest.raises(BadPeriod):
        is_business_day(date(year, 7, 1))
    with pytest.raises(BadPeriod):
        add_business_days(date(year, 7, 1), 3)


def test_a_due_date_moves_to_the_next_business_day():
    assert next_business_day(date(2026, 11, 25)) == date(2026, 11, 25)
    assert next_business_day(date(2026, 11, 26)) == date(2026, 11, 27)
    assert next_business_day(date(2026, 7, 3)) == date(2026, 7, 6)


def test_business_days_are_counted_after_the_day():
    # Given a Wednesday before Thanksgiving
    wednesday = date(2026, 11, 25)

    assert add_business_days(wednesday, 1) == date(2026, 11, 27)
    assert add_business_days(wednesday, 3) == date(2026, 12, 1)
    assert add_business_days(wednesday, 0) == wednesday
    assert add_business_days(date(2026, 11, 27), -1) == wednesday


@given(day=days, n=st.integers(min_value=1, max_value=40))
def test_so_many_business_days_lie_between(day, n):
    reached = add_business_days(day, n)
    span = [day + timedelta(k) for k in range(1, (reached - day).days + 1)]

    assert is_business_day(reached)
    assert sum(map(is_business_day, span)) == n


@pytest.mark.parametrize(
    "asked",
    [
        lambda: days_bounds(date(9999, 12, 1), date(9999, 12, 31), "UTC"),
        lambda: days_bounds(date(1, 1, 1), date(1, 1, 2), "Asia/Tokyo"),
        lambda: accounting_day(datetime.max.replace(tzinfo=UTC), "Asia/Tokyo"),
        lambda: add_business_days(date(9999, 12, 30), 9),
    ],
)
def test_a_day_that_the_calendar_lacks_is_refused_in_words(asked):
    with pytest.raises(BadPeriod, match=r"no such day|No federal holidays are known"):
        asked()

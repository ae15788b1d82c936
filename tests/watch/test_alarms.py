"""What an alarm tells of, planted in series, and clean series that tell of nothing."""

import random
from datetime import date, timedelta
from decimal import Decimal
from math import exp

import pytest

from contracting.watch.calculations import DayUse
from contracting.watch.calculations.alarms import (
    CacheDay,
    CallsDay,
    CountsDay,
    bands,
    cache_drop,
    report_drift,
    tokenizer_drift,
)

MONDAY = date(2026, 3, 2)
DAY = timedelta(days=1)
WEEK = (1.2, 1.25, 1.2, 1.15, 1.0, 0.25, 0.15)


def noisy(seed, days=90, spread=0.3):
    draw = random.Random(seed)
    return [
        DayUse(
            MONDAY + n * DAY,
            0,
            Decimal(f"{100 * WEEK[n % 7] * exp(draw.gauss(0, spread)):.2f}"),
        )
        for n in range(days)
    ]


def runaways(days, first=MONDAY):
    return [b.day for b in bands(days, first, days[-1].day) if b.is_runaway]


@pytest.mark.parametrize("on", [30, 47, 54, 61, 75])
def test_three_times_the_use_is_found_on_its_day(on):
    # Given ten series in which one day, a weekend or not, is three times the usual one
    found = 0
    for seed in range(10):
        days = noisy(seed, spread=0.15)
        at = days[on]
        days[on] = DayUse(at.day, 0, Decimal(300) * Decimal(str(WEEK[on % 7])))
        found += at.day in runaways(days)

    # Then it is found on that very day
    assert found == 10


def test_a_clean_series_raises_at_most_one_false_alarm_in_thirty_days():
    looked_at = 40 * (90 - 14)

    false = sum(len(runaways(noisy(seed))) for seed in range(40))

    assert false <= looked_at / 30 / 2


def test_a_runaway_day_does_not_hide_the_next():
    days = noisy(3, spread=0.1)
    for n in (60, 61, 62):
        days[n] = DayUse(days[n].day, 0, days[n].dollars * 4)

    assert runaways(days) == [days[n].day for n in (60, 61, 62)]


def test_under_two_weeks_nothing_is_expected():
    assert bands(noisy(1, days=14), MONDAY, MONDAY + 13 * DAY) == []
    assert bands([], MONDAY, MONDAY + 30 * DAY) == []


def test_the_band_says_how_many_times_the_expected_use_it_was():
    days = noisy(4, spread=0.05)
    days[70] = DayUse(days[70].day, 0, days[70].dollars * 3)

    (band,) = bands(days, days[70].day, days[70].day)

    assert band.times is not None
    assert 2.6 < band.times < 3.4
    assert band.low < band.expected < band.high < band.actual


def cached(shares, tokens=1_000_000):
    return [
        CacheDay(MONDAY + n * DAY, tokens, round(tokens * share))
        for n, share in enumerate(shares)
    ]


def test_a_fall_of_the_cached_share_is_told():
    draw = random.Random(1)
    days = cached([0.6 + draw.gauss(0, 0.02) for _ in range(20)] + [0.3])

    told = cache_drop(days, days[-1].day, 15)

    assert told is not None
    assert told.day == days[-1].day
    assert 0.57 < told.before < 0.63
    assert told.share == pytest.approx(0.3)


@pytest.mark.parametrize(
    "shares",
    [
        [0.6] * 20 + [0.46],
        [0.6] * 4 + [0.1],
        [0.1, 0.9] * 10 + [0.2],
        [0.05] * 20 + [0.0],
        [0.3] * 20 + [0.8],
    ],
    ids=["within the points", "too few days", "it always jumps", "none before", "up"],
)
def test_what_is_no_fall_of_the_cached_share(shares):
    days = cached(shares)

    assert cache_drop(days, days[-1].day, 15) is None


def test_a_day_of_few_tokens_says_nothing_of_the_cache():
    days = [*cached([0.6] * 20), CacheDay(MONDAY + 20 * DAY, 10_000, 0)]

    assert cache_drop(days, days[-1].day, 15) is None
    assert cache_drop(days, MONDAY + 40 * DAY, 15) is None


def calls(days=42, shift_in=1.0, shift_out=1.0, since=35, seed=2, number=400):
    draw = random.Random(seed)
    return [
        CallsDay(
            MONDAY + n * DAY,
            number,
            round(number * 2_000 * exp(draw.gauss(0, 0.05)) * (shift_in**(n >= since))),
            round(number * 300 * exp(draw.gauss(0, 0.05)) * (shift_out**(n >= since))),
        )
        for n in range(days)
    ]  # fmt: skip


def test_input_and_output_that_grow_alike_are_told():
    days = calls(shift_in=1.2, shift_out=1.2)

    told = tokenizer_drift(days, days[-1].day, 8)

    assert told is not None
    assert told.since == days[35].day
    assert told.input_factor == pytest.approx(1.2, abs=0.06)
    assert told.output_factor == pytest.approx(1.2, abs=0.06)


@pytest.mark.parametrize(
    "days",
    [
        calls(),
        calls(shift_in=1.3),
        calls(shift_out=1.3),
        calls(shift_in=1.3, shift_out=0.7),
        calls(shift_in=1.05, shift_out=1.05),
        calls(shift_in=1.1, shift_out=2.5),
        calls(shift_in=1.3, shift_out=1.3, number=20),
        calls(days=18, shift_in=1.3, shift_out=1.3, since=11),
    ],
    ids=[
        "clean", "input alone", "output alone", "opposite", "small", "unlike",
        "few calls", "few days",
    ],
)  # fmt: skip
def test_what_is_no_drift_of_the_tokenizer(days):
    assert tokenizer_drift(days, days[-1].day, 8) is None


def test_clean_months_tell_of_no_drift():
    told = [
        tokenizer_drift(calls(seed=seed), MONDAY + 41 * DAY, 8) for seed in range(100)
    ]

    assert told == [None] * 100


def counts(shift=1.0, *, seed=1, days=42, noise=0.001, tokens=90_000, since=35):
    """Days of one class, of which a little more is reported from a day on."""
    draw = random.Random(seed)
    return [
        CountsDay(
            MONDAY + n * DAY,
            tokens,
            round(tokens * exp(draw.gauss(0.002, noise)) * shift ** (n >= since)),
        )
        for n in range(days)
    ]


@pytest.mark.parametrize("shift", [1.01, 0.98])
def test_a_report_that_counts_otherwise_is_told(shift):
    days = counts(shift)

    told = report_drift(days, days[-1].day, 0.5)

    assert told is not None
    assert told.since == days[35].day
    assert told.recent / told.before == pytest.approx(shift, abs=0.002)


@pytest.mark.parametrize(
    "days",
    [
        counts(),
        counts(1.003),
        counts(1.02, noise=0.05),
        counts(1.5, tokens=900),
        counts(1.5, days=18, since=11),
        [],
    ],
    ids=["the same", "small", "within its noise", "few tokens", "few days", "none"],
)
def test_what_is_no_drift_of_a_report(days):
    on = days[-1].day if days else MONDAY
    assert report_drift(days, on, 0.5) is None


def test_honest_months_of_reports_tell_of_no_drift():
    told = [
        report_drift(counts(seed=seed, noise=0.01), MONDAY + 41 * DAY, 0.5)
        for seed in range(200)
    ]

    assert told.count(None) >= 198

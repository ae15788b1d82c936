"""When funds and tokens end, from daily figures alone."""

import subprocess
import sys
from datetime import date, timedelta
from decimal import Decimal

import pytest

from contracting.watch.calculations import DayUse, Step, forecast
from contracting.watch.calculations.words import back_test_sentence, sentence
from contracting.watch.states import Measure, Outlook

MONDAY = date(2026, 3, 2)
DAY = timedelta(days=1)


def used_daily(*dollars, start=MONDAY):
    """One row per figure; a million tokens for each dollar."""
    return [
        DayUse(start + DAY * n, int(d * 1_000_000), Decimal(str(d)))
        for n, d in enumerate(dollars)
    ]


def asked(days, *, limit="10000", end=MONDAY + 180 * DAY, **more):
    through = more.pop("through", days[-1].day if days else MONDAY)
    used = sum((use.dollars for use in days), Decimal(0))
    return forecast(
        days,
        measure=more.pop("measure", Measure.DOLLARS),
        through=through,
        limit=more.pop("amount", Decimal(limit)),
        used=more.pop("used", used),
        period_end=end,
        **more,
    )


WEEK = (120, 118, 122, 121, 95, 21, 14)
WAVES = (1.0, 1.04, 0.97, 1.02, 0.99, 1.05, 0.96, 1.01, 1.03, 0.98)


def steady(weeks):
    return used_daily(
        *(
            round(d * WAVES[w % 10] * (1 + 0.02 * (i % 3)), 2)
            for w in range(weeks)
            for i, d in enumerate(WEEK)
        )
    )


def test_under_five_days_there_is_no_forecast():
    said = asked(used_daily(10, 12, 11, 9))

    assert said.outlook == Outlook.TOO_EARLY
    assert said.band == ()
    assert said.at_completion is None
    assert said.run_rates[7] == Decimal("10.50")
    assert "cannot be forecast from 4 days" in sentence(said)


def test_from_five_days_there_is_a_range_and_no_date():
    said = asked(used_daily(10, 12, 11, 9, 10), limit="60")

    assert said.outlook == Outlook.RANGE_ONLY
    assert said.exhausts_on is None
    assert said.at_completion.p10 <= said.at_completion.p50 <= said.at_completion.p90
    assert "14 days of use are needed for a date" in sentence(said)


def test_from_fourteen_days_there_is_a_date():
    said = asked(steady(2), limit="2500")

    assert said.days_of_data == 14
    assert said.outlook == Outlook.EXHAUSTING
    assert said.exhausts_on.p10 <= said.exhausts_on.p50 <= said.exhausts_on.p90


def test_the_date_is_the_one_that_arithmetic_gives():
    # Given twelve weeks of about $622 each, $2,488 left: four weeks
    days = steady(12)
    used = sum(use.dollars for use in days)

    # When the end is forecast
    said = asked(days, limit=str(used + Decimal(2488)))

    # Then the funds end in the fourth week, and the sentence says it
    last = days[-1].day
    assert last + 22 * DAY <= said.exhausts_on.p50 <= last + 30 * DAY
    assert said.exhausts_on.p90 - said.exhausts_on.p10 <= 6 * DAY
    assert sentence(said).startswith("At the present rate funds end on ")
    assert said.days_before_the_end == (said.period_end - said.exhausts_on.p50).days


def test_not_exhausting_is_a_state_of_its_own():
    said = asked(steady(12), limit="900000")

    assert said.outlook == Outlook.NOT_EXHAUSTING
    assert said.exhausts_on.p10 is None
    assert said.exhausts_on.p50 is None
    assert said.chance_of_exhausting == 0
    assert sentence(said) == (
        "Funds are not expected to run out before the period ends on 29 Aug 2026."
    )


def test_exhausted_funds_are_exhausted_whatever_is_to_come():
    said = asked(steady(4), limit="100")

    assert said.outlook == Outlook.EXHAUSTED
    assert said.exhausts_on is None
    assert said.at_completion.p50 > said.used


def test_nothing_used_and_a_period_that_is_over():
    assert asked([]).outlook == Outlook.NO_USE
    over = asked(steady(3), end=MONDAY + 20 * DAY)
    assert over.outlook == Outlook.PERIOD_OVER
    assert over.band == ()


def test_tokens_are_forecast_as_whole_numbers():
    days = steady(8)
    said = asked(
        days,
        measure=Measure.TOKENS,
        amount=10**10,
        used=sum(use.tokens for use in days),
    )

    assert said.outlook == Outlook.EXHAUSTING
    assert isinstance(said.at_completion.p50, int)
    assert "tokens end on" in sentence(said)


def test_a_fall_at_weekends_is_no_trend():
    days = steady(8)

    said = asked(days, limit="900000")

    by_day = {each.day: each for each in said.band}
    path = [said.used, *(each.p50 for each in said.band[:14])]
    daily = [b - a for a, b in zip(path, path[1:], strict=False)]
    assert len(by_day) == len(said.band) == (said.period_end - said.through).days
    assert min(daily[0:5]) > 80
    assert max(daily[5:7]) < 45
    assert Decimal(560) * 2 <= path[14] - path[0] <= Decimal(680) * 2


def test_the_back_test_holds_out_fourteen_days_and_tells_its_error():
    said = asked(steady(8))

    test = said.back_test
    assert test.days == 14
    assert test.actual == sum(u.dollars for u in steady(8)[-14:])
    assert abs(test.error_percent) < 8
    assert test.mape_percent < 15
    assert "last 14 days" in back_test_sentence(test)
    assert "% a day" in back_test_sentence(test)


def test_a_back_test_tells_of_a_jump_that_nobody_could_foresee():
    days = steady(8)
    jumped = [
        u if n < 42 else DayUse(u.day, u.tokens * 3, u.dollars * 3)
        for n, u in enumerate(days)
    ]

    test = asked(jumped).back_test

    assert test.error_percent < -50
    assert not test.is_inside
    assert "too low" in back_test_sentence(test)


def test_few_days_have_no_back_test_and_say_so():
    assert asked(used_daily(*range(5, 14))).back_test is None
    assert "too few days" in back_test_sentence(None)
    assert asked(used_daily(*range(5, 15))).back_test.days == 5


def test_planned_onboarding_is_a_step_and_no_trend():
    days = steady(8)
    through = days[-1].day
    step = Step(through + 10 * DAY, 50_000_000, Decimal(50), "200 more users")
    ends = through + 29 * DAY

    without, planned = (
        asked(days, limit="900000", end=ends, steps=steps) for steps in ((), (step,))
    )

    added = planned.at_completion.p50 - without.at_completion.p50
    assert abs(added - 20 * 50) < 40
    assert planned.steps == (step,)


def test_a_step_that_has_begun_is_not_counted_twice():
    days = steady(8)
    begun = Step(days[30].day, 50_000_000, Decimal(50))

    assert asked(days, steps=(begun,)).at_completion == asked(days).at_completion


def test_a_step_ends_on_its_last_day():
    days = steady(8)
    through = days[-1].day
    step = Step(through + DAY, 0, Decimal(50), until=through + 3 * DAY)

    assert [step.holds_on(through + n * DAY) for n in range(5)] == [
        False, True, True, True, False,
    ]  # fmt: skip


def test_what_came_after_the_last_whole_day_counts_as_used_only():
    days = steady(8)
    today = DayUse(days[-1].day + DAY, 5_000_000, Decimal(5))

    with_today = asked([*days, today], through=days[-1].day)
    without = asked(days)

    assert with_today.days_of_data == without.days_of_data
    assert with_today.at_completion == without.at_completion
    assert with_today.used == without.used + 5


def test_a_gap_is_no_day_of_no_use():
    days = steady(8)
    gap = frozenset(use.day for use in days[-9:-2])
    left = [use for use in days if use.day not in gap]

    as_gap, as_none, full = (
        asked(of, limit="900000", gaps=gaps, used=Decimal(0)).at_completion
        for of, gaps in ((left, gap), (left, frozenset()), (days, frozenset()))
    )

    assert abs(as_gap.p50 - full.p50) < abs(as_none.p50 - full.p50)
    assert abs(as_gap.p50 - full.p50) < full.p50 / 10
    assert as_none.p90 - as_none.p10 > as_gap.p90 - as_gap.p10


def test_the_same_data_give_the_same_figures_in_another_process():
    program = (
        "from tests.watch.test_forecast import asked, steady;"
        "said = asked(steady(8), limit='6000');"
        "print(said.at_completion, said.exhausts_on)"
    )
    out = {
        subprocess.run(
            [sys.executable, "-c", program],
            check=True,
            capture_output=True,
            text=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": "."},
        ).stdout
        for seed in ("1", "2")
    }

    assert len(out) == 1
    assert "Spread" in out.pop()


@pytest.mark.parametrize("order", [1, -1])
def test_the_order_in_which_days_are_given_is_nothing(order):
    days = steady(4)

    assert asked(days[::order], through=days[-1].day) == asked(days)


def test_growth_goes_on_for_a_while_and_not_for_ever():
    days = used_daily(*(50 + 2 * n for n in range(60)))

    said = asked(days, limit="900000", end=days[-1].day + 60 * DAY)

    added = said.at_completion.p50 - said.used
    flat, for_ever = Decimal(60 * 168), sum(50 + 2 * n for n in range(60, 120))
    assert flat < added < for_ever

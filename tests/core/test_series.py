"""What is left by day, and the even plan, against a day-by-day recount."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest

from contracting.core.plots.series import Added, left_by_day, planned_by_day

FIRST = date(2026, 4, 13)
LAST = FIRST + timedelta(days=99)


def day(n):
    return FIRST + timedelta(days=n)


@pytest.mark.parametrize("seed", range(30))
def test_what_is_left_agrees_with_a_recount_of_every_day(seed):
    draw = Random(seed)  # noqa: S311 (a test's numbers)
    added = [Added(FIRST - timedelta(days=3), Decimal(1_000))] + [
        Added(day(draw.randrange(100)), Decimal(draw.randrange(-50, 500)))
        for _ in range(draw.randrange(4))
    ]
    used = {
        day(draw.randrange(100)): Decimal(draw.randrange(1, 40))
        for _ in range(draw.randrange(40))
    }

    left = left_by_day(added, used, first=FIRST, until=LAST)

    by_end_of_day = dict(left)
    for n in range(100):
        expected = sum(each.amount for each in added if each.day <= day(n)) - sum(
            amount for at, amount in used.items() if at <= day(n)
        )
        if day(n) in by_end_of_day:
            assert by_end_of_day[day(n)] == expected, n
    assert left[-1][0] == LAST
    assert [at for at, _ in left] == sorted(at for at, _ in left)


def test_days_of_no_use_are_level():
    left = left_by_day(
        [Added(FIRST, Decimal(100))], {day(10): Decimal(30)}, first=FIRST, until=day(20)
    )

    assert left == [
        (day(0), Decimal(100)),
        (day(9), Decimal(100)),
        (day(10), Decimal(70)),
        (day(20), Decimal(70)),
    ]


def test_what_stands_on_no_day_counts_on_the_last_one():
    left = left_by_day(
        [Added(FIRST, Decimal(100))],
        {day(1): Decimal(30)},
        first=FIRST,
        until=day(2),
        beside=Decimal(5),
    )

    assert left[-1] == (day(2), Decimal(65))


def test_the_plan_is_even_and_takes_up_what_is_added():
    plan = planned_by_day(
        [Added(FIRST, Decimal(99)), Added(day(33), Decimal(33))], first=FIRST, last=LAST
    )

    assert plan == [
        (day(0), Decimal(99)),
        (day(33), Decimal(66)),
        (day(33), Decimal(99)),
        (day(99), Decimal(0)),
    ]


def test_a_period_of_one_day_has_a_plan():
    plan = planned_by_day([Added(FIRST, Decimal(9))], first=FIRST, last=FIRST)

    assert plan == [(FIRST, Decimal(9)), (FIRST, Decimal(0))]

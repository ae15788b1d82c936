"""What the calendar makes due, against an oracle that counts one day at a time."""

from calendar import monthrange
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from contracting.charges.calculations import due_of_line, quantity_on
from contracting.charges.states import PriceOfDays
from contracting.core.periods import day_bounds
from contracting.core.quantities import Dollars, PricePerUnit, total_dollars

ZONE = "America/New_York"
START = date(2026, 1, 15)
DAYS = st.integers(0, 420).map(lambda n: START + timedelta(days=n))
PRICES = st.decimals("0.000001", "9999.999999", places=6)


def half_up(amount: Fraction) -> Decimal:
    """Half a cent is a cent: the oracle's own rounding."""
    return Decimal((amount * 200 + 1) // 2) / 100


def oracle(unit, rule, first, last, until, changes, prices):
    """By the month and price, from single days; 24 lines, and no code of ours."""
    held: dict[date, int] = {}
    cost: dict[date, Any] = {}
    day = first
    while day <= last:
        rows = [(on, n, count) for n, (on, count) in enumerate(changes) if on <= day]
        held[day] = max(rows)[2] if rows else 0
        cost[day] = next((p for f, to, p in prices if f <= day <= to), None)
        day += timedelta(days=1)
    total = Decimal(0)
    for year, month in sorted({(d.year, d.month) for d in held}):
        size = monthrange(year, month)[1]
        days = [d for d in held if (d.year, d.month) == (year, month)]
        if unit == "HR":
            for d in (d for d in days if d < until and cost[d] is not None):
                seconds = (day_bounds(d, ZONE).end - day_bounds(d, ZONE).start).seconds
                hours = (seconds or 86400) // 3600 + (24 if 0 < seconds < 7200 else 0)
                total += cost[d] * held[d] * hours
        elif max(days) < until and rule == "BY_DAY":
            for price in {cost[d] for d in days} - {None}:
                count = sum(held[d] for d in days if cost[d] == price)
                exact = Fraction(price) * count / size
                whole = count % size == 0
                total += price * (count // size) if whole else half_up(exact)
        elif max(days) < until and cost[min(days)] is not None:
            few = min(held[d] for d in days) if len(days) == size else 0
            counted = max(held[d] for d in days) if rule == "IN_FULL" else few
            total += cost[min(days)] * counted
    return Dollars(total)


def priced(prices):
    return [
        PriceOfDays(n, PricePerUnit(price), first, last)
        for n, (first, last, price) in enumerate(prices)
    ]


@given(
    unit=st.sampled_from(["MO", "MO", "HR"]),
    rule=st.sampled_from(["BY_DAY", "IN_FULL", "WHOLE_ONLY"]),
    ends=st.lists(DAYS, min_size=2, max_size=2).map(sorted),
    until=DAYS,
    changes=st.lists(st.tuples(DAYS, st.integers(0, 500)), max_size=6),
    cuts=st.lists(DAYS, max_size=2, unique=True).map(sorted),
    rates=st.lists(PRICES, min_size=3, max_size=3, unique=True),
)
def test_what_is_due_is_what_single_days_add_up_to(
    unit, rule, ends, until, changes, cuts, rates
):
    first, last = ends
    # Given prices that follow one another without a gap
    starts = [date(2025, 1, 1), *cuts]
    stops = [cut - timedelta(days=1) for cut in cuts] + [date(2030, 1, 1)]
    prices = list(zip(starts, stops, rates, strict=False))

    # When the whole calendar is asked at once
    due = due_of_line(
        unit=unit,
        part_months=rule,
        first=first,
        last=last,
        until=until,
        quantities=changes,
        prices=priced(prices),
        zone=ZONE,
    )

    # Then it is what the oracle counts, on days that nobody counts twice
    assert total_dollars(each.dollars for each in due) == oracle(
        unit, rule, first, last, until, changes, prices
    )
    for one, next_one in zip(due, due[1:], strict=False):
        assert one.last < next_one.first


def test_the_days_on_which_the_clocks_change_have_23_and_25_hours():
    for first, hours in (
        (date(2026, 3, 8), 23),
        (date(2026, 3, 9), 24),
        (date(2026, 11, 1), 25),
    ):
        (due,) = due_of_line(
            unit="HR",
            part_months="BY_DAY",
            first=first,
            last=first,
            until=first + timedelta(days=1),
            quantities=[(first, 3)],
            prices=priced([(date(2025, 1, 1), date(2030, 1, 1), Decimal("2.5"))]),
            zone=ZONE,
        )
        assert due.units == 3 * hours
        assert due.dollars == Dollars(Decimal("7.5") * hours)


def test_of_one_day_the_last_word_counts_whatever_comes_between():
    day = date(2026, 5, 1)
    rows = [(day, 5), (day + timedelta(days=9), 7), (day, 6)]
    assert quantity_on(day, rows) == 6
    assert quantity_on(day + timedelta(days=9), rows) == 7
    assert quantity_on(day - timedelta(days=1), rows) == 0


def test_a_part_of_a_month_is_rounded_once_half_up():
    # Given $10.01 for a month of 30 days: half of it is $5.005
    assert PricePerUnit("10.01").of_part(15, 30) == Dollars("5.01")
    assert PricePerUnit("10.00").of_part(1, 30) == Dollars("0.33")
    assert PricePerUnit("0.000001").of_part(60, 30) == Dollars("0.000002")

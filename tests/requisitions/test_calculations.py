"""From calls a day to tokens, what a total hangs on, and owning: arithmetic alone."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracting.core.quantities import Dollars, Tokens, UnitPrice
from contracting.requisitions.calculations import (
    OwnedCapacity,
    WorkloadDraft,
    by_class,
    days_counted,
    expand,
    own,
    ownership_words,
    round_words,
    sensitivity,
    swing_bars,
)
from contracting.requisitions.states import DayCount

CLASSES = {"IN_UNCACHED": 1, "IN_CACHE_READ": 2, "OUT_TEXT": 3, "OUT_REASONING": 4}
APRIL, MAY = date(2026, 4, 1), date(2026, 5, 1)


def workload(**other):
    usual: dict[str, Any] = {
        "name": "Chat",
        "model_id": 7,
        "calls_p10": 100,
        "calls_p50": 200,
        "calls_p90": 400,
        "uncached_input_tokens": 1_500,
        "cached_input_tokens": 0,
        "output_tokens": 350,
        "reasoning_tokens": 0,
        "growth_percent": Decimal(0),
        "first_month": APRIL,
        "months": 1,
        "day_count": DayCount.CALENDAR,
    }
    return WorkloadDraft(**(usual | other))


def points(rows):
    return {
        (row.token_class_id, row.month): (row.p10.count, row.p50.count, row.p90.count)
        for row in rows
    }


def test_calls_times_days_times_tokens():
    # April has 30 days: 200 calls × 30 days × 1,500 tokens = 9,000,000
    assert points(expand([workload()], CLASSES)) == {
        (1, APRIL): (4_500_000, 9_000_000, 18_000_000),
        (3, APRIL): (1_050_000, 2_100_000, 4_200_000),
    }


def test_growth_counts_from_the_second_month_on():
    # May has 31 days: 200 × 31 × 1,500 × 1.1 = 10,230,000
    grown = points(expand([workload(growth_percent=Decimal(10), months=2)], CLASSES))

    assert grown[1, APRIL][1] == 9_000_000
    assert grown[1, MAY][1] == 10_230_000


def test_business_days_leave_out_weekends_and_federal_holidays():
    # July 2026 has 23 weekdays; Independence Day is observed on Friday the 3rd
    assert days_counted(date(2026, 7, 1), DayCount.BUSINESS) == 22
    assert days_counted(date(2026, 7, 1), DayCount.CALENDAR) == 31
    assert days_counted(date(2028, 2, 1), DayCount.CALENDAR) == 29


def test_workloads_on_one_class_add_up_and_are_rounded_up_once():
    # One call of one token, growing by a third of a percent: two fractions, one sum
    tiny = workload(
        calls_p10=1,
        calls_p50=1,
        calls_p90=1,
        uncached_input_tokens=1,
        output_tokens=0,
        growth_percent=Decimal("0.33"),
        months=2,
    )

    # 31 × 1.0033 = 31.1023: alone 32, twice 62.2046 and so 63, not 64
    assert points(expand([tiny], CLASSES))[1, MAY] == (32, 32, 32)
    assert points(expand([tiny, tiny], CLASSES))[1, MAY] == (63, 63, 63)


counts = st.integers(min_value=0, max_value=10**6)
workloads = st.builds(
    lambda calls, **other: workload(
        calls_p10=calls[0], calls_p50=calls[1], calls_p90=calls[2], **other
    ),
    calls=st.tuples(counts, counts, counts).map(sorted),
    uncached_input_tokens=counts,
    cached_input_tokens=counts,
    output_tokens=counts,
    reasoning_tokens=counts,
    growth_percent=st.integers(-10_000, 20_000).map(lambda n: Decimal(n).scaleb(-2)),
    months=st.integers(min_value=1, max_value=14),
    day_count=st.sampled_from(DayCount.values),
)


@given(st.lists(workloads, min_size=1, max_size=3))
def test_what_is_expanded_rises_from_p10_to_p90(rows):
    for p10, p50, p90 in points(expand(rows, CLASSES)).values():
        assert 0 <= p10 <= p50 <= p90


@given(workloads, st.sampled_from(["calls_p90", "output_tokens", "growth_percent"]))
def test_more_of_anything_never_makes_fewer_tokens(row, field):
    values = {name: getattr(row, name) for name in WorkloadDraft.__slots__}
    more = workload(**values | {field: getattr(row, field) + 1})

    before = points(expand([row], CLASSES))
    after = points(expand([more], CLASSES))
    for key, figures in before.items():
        assert all(b <= a for b, a in zip(figures, after[key], strict=True))


@given(workloads, workloads)
def test_together_they_are_at_most_their_sum_and_a_token_less(one, other):
    alone, beside = points(expand([one], CLASSES)), points(expand([other], CLASSES))
    for key, figures in points(expand([one, other], CLASSES)).items():
        apart = [alone.get(key, (0, 0, 0)), beside.get(key, (0, 0, 0))]
        for point, count in enumerate(figures):
            assert sum(each[point] for each in apart) - count in {0, 1}


def test_the_widest_swing_comes_first_in_exact_cents():
    # 9,000,000 tokens at $2.50 and 2,100,000 at $10.00: $22.50 and $21.00
    prices = {(7, "IN_UNCACHED"): UnitPrice("2.5"), (7, "OUT_TEXT"): UnitPrice(10)}

    swings = sensitivity([workload()], prices, Dollars("43.50"))

    assert [(each.what, each.low, each.high) for each in swings] == [
        ("calls a day", Dollars("-21.75"), Dollars("43.50")),
        ("uncached input tokens per call", Dollars("-4.50"), Dollars("4.50")),
        ("output tokens per call", Dollars("-4.20"), Dollars("4.20")),
    ]
    assert swings[0].low_total == Dollars("21.75")
    assert swings[0].high_total == Dollars(87)


def test_bars_lie_on_one_scale_around_the_total():
    prices = {(7, "IN_UNCACHED"): UnitPrice("2.5"), (7, "OUT_TEXT"): UnitPrice(10)}
    bars = swing_bars(sensitivity([workload()], prices, Dollars("43.50")))

    # 720 wide for -21.75 to 43.50: the total stands at a third
    assert {bar.middle for bar in bars} == {240}
    assert (bars[0].x, bars[0].width) == (0, 720)
    assert (bars[1].x, bars[1].width) == (190, 100)
    assert [bar.y for bar in bars] == [0, 54, 108]


def test_nothing_is_drawn_of_what_costs_nothing():
    free = {(7, "IN_UNCACHED"): UnitPrice(0), (7, "OUT_TEXT"): UnitPrice(0)}

    assert swing_bars(sensitivity([workload()], free, Dollars())) == []


def estimate_row(month, tokens, dollars, token_class="IN_UNCACHED"):
    return {
        "model": "one",
        "class": token_class,
        "month": month,
        "p50_tokens": tokens,
        "p50_dollars": dollars,
        "usd_per_million_tokens": "5.000000",
    }


def test_classes_are_added_over_months_the_dearest_first():
    rows = [
        estimate_row("2026-04-01", 10, "0.00005"),
        estimate_row("2026-04-01", 90, "0.00045", "OUT_TEXT"),
        estimate_row("2026-05-01", 20, "0.0001"),
    ]

    found = by_class(rows)

    assert [(each.token_class, each.p50.count) for each in found] == [
        ("OUT_TEXT", 90),
        ("IN_UNCACHED", 30),
    ]
    assert found[1].p50_dollars == Dollars("0.00015")


EIGHT = OwnedCapacity(8, Dollars("2.50"), 1_000, Decimal(50))


def test_owned_capacity_is_priced_per_million_tokens():
    # 1,000 tokens × 3,600 s × 50% = 1,800,000 an hour for $2.50: $1.388889 a million
    rows = [
        estimate_row("2026-04-01", 1_000_000_000, "5000"),
        estimate_row("2026-05-01", 2_000_000_001, "10000.000005"),
    ]

    found = own(EIGHT, rows)

    assert found is not None
    assert found.owned_price == UnitPrice("1.388889")
    assert found.list_price == UnitPrice(5)
    # 8 GPUs × 730 h × 1,800,000 tokens; 8 × 730 × $2.50 = $14,600 at $5 a million
    assert found.capacity == Tokens(10_512_000_000)
    assert found.break_even == Tokens(2_920_000_000)
    # 3,000,000,001 tokens in two months, rounded up
    assert found.p50 == Tokens(1_500_000_001)


def test_nothing_is_compared_with_an_estimate_of_nothing():
    assert own(EIGHT, [estimate_row("2026-04-01", 0, "0")]) is None
    assert own(EIGHT, [estimate_row("2026-04-01", 5, "0")]) is None


@pytest.mark.parametrize(
    ("capacity", "p50", "said"),
    [
        (12_000_000_000, 2_900_000_000, "never breaks even"),
        (20_000_000_000, 2_900_000_000, "P50 is 2.9 billion: buy by the token."),
        (20_000_000_000, 12_300_000_000, "P50 is 12.3 billion: buy by the token."),
        (20_000_000_000, 15_000_000_000, "15.0 billion: owning should cost less."),
        (20_000_000_000, 30_000_000_000, "more than the 20.0 billion that these GPUs"),
    ],
)
def test_the_comparison_is_said_in_a_sentence(capacity, p50, said):
    words = ownership_words(capacity=capacity, break_even=12_300_000_000, p50=p50)

    assert said in words
    assert "12.3 billion" in words


@pytest.mark.parametrize(
    ("tokens", "words"),
    [
        (999_999, "999,999"),
        (1_250_000, "1.3 million"),
        (12_345_678_901, "12.3 billion"),
        (4_200_000_000_000_000, "4,200.0 trillion"),
    ],
)
def test_tokens_are_said_in_round_words(tokens, words):
    assert round_words(tokens) == words

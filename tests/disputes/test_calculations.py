"""Sizes of samples, draws, intervals and credits against other ways to get them."""

import hashlib
import hmac
import itertools
import random
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracting.core.quantities import Dollars
from contracting.disputes import calculations
from contracting.disputes.states import ServiceMeasure

HALF = Decimal("0.5")


@pytest.mark.parametrize(
    ("population", "size"),
    [(1, 1), (100, 100), (1_000, 975), (10_000, 7_935), (1_000_000, 36_995)],
)
def test_the_size_of_a_sample_of_half_a_percent(population, size):
    assert calculations.sample_size(population, HALF) == size


@given(st.integers(1, 10**9), st.integers(1, 2_000))
def test_a_sample_is_large_enough_and_not_one_larger(population, hundredths):
    margin = Decimal(hundredths) / 100
    n = calculations.sample_size(population, margin)

    endless = (Fraction("1.96") / Fraction(margin) * 100) ** 2 / 4
    exact = endless / (1 + (endless - 1) / population)
    assert 1 <= n <= population
    assert n == population or n - 1 < exact <= n or n == 1


def test_everybody_draws_the_same_sample_and_no_seed_alone_draws_it():
    calls = [(f"r-{n}", 1) for n in range(300)]
    shuffled = random.Random(7).sample(calls, len(calls))

    drawn = calculations.drawn(calls, 20, agency_seed="a" * 64, vendor_seed="b" * 16)

    again = calculations.drawn(shuffled, 20, agency_seed="a" * 64, vendor_seed="b" * 16)
    assert drawn == again
    key = hashlib.sha256(f"{'a' * 64}\n{'b' * 16}".encode()).digest()
    marks = {
        call: hmac.new(key, f"{call[0]}\t{call[1]}".encode(), "sha256").hexdigest()
        for call in calls
    }
    assert drawn == sorted(calls, key=lambda call: marks[call])[:20]
    other = calculations.drawn(calls, 20, agency_seed="a" * 64, vendor_seed="c" * 16)
    assert drawn != other


def test_an_interval_holds_the_true_share_in_about_95_of_100_samples():
    chance, population, n, wrong = random.Random(11), 2_000, 300, 160
    held = 0
    for _ in range(400):
        hits = sum(chance.sample([1] * wrong + [0] * (population - wrong), n))
        found = calculations.share_estimate(hits, n, population)
        held += found.low <= Decimal(8) <= found.high

    assert 368 <= held <= 396


@pytest.mark.parametrize("hits", [0, 50])
def test_an_interval_of_none_or_all_is_not_empty(hits):
    found = calculations.share_estimate(hits, 50, 10_000)

    assert found.high - found.low > 5
    assert found.low <= found.value <= found.high


def test_what_is_counted_whole_is_exact():
    assert calculations.share_estimate(3, 4, 4).is_exact
    assert calculations.total_estimate([3, 4, 5], 3).is_exact


def test_a_total_is_right_on_the_average_and_its_interval_holds_it():
    values = [10, 12, 90, 14, 11, 13]
    found = [
        calculations.total_estimate(list(sample), len(values))
        for sample in itertools.combinations(values, 4)
    ]

    whole = Decimal(sum(values))
    total = sum((each.value for each in found), Decimal(0))
    assert abs(total / len(found) - whole) <= 1
    held = [each for each in found if each.low <= whole <= each.high]
    assert 2 * len(held) >= len(found)


TABLE = [["99.9", "5"], ["99", "10"], ["95", "25"]]


@pytest.mark.parametrize(
    ("measured", "percent"),
    [("99.95", 0), ("99.9", 0), ("99.8999", 5), ("99", 5), ("98.9", 10), ("0", 25)],
)
def test_the_worst_step_that_is_missed_counts(measured, percent):
    found = calculations.credit_percent(
        ServiceMeasure.AVAILABILITY, Decimal(measured), TABLE
    )
    assert found == percent


def test_a_latency_is_missed_above_its_step():
    table = [["800", "5"], ["2000", "10"]]
    for measured, percent in ((800, 0), (801, 5), (2_001, 10)):
        found = calculations.credit_percent(
            ServiceMeasure.LATENCY_P95, Decimal(measured), table
        )
        assert found == percent


def test_a_share_is_cut_to_the_side_that_never_flatters():
    def share(measure):
        return calculations.measured_share(measure, 300_000, 1)

    assert share(ServiceMeasure.AVAILABILITY) == Decimal("99.9996")
    assert share(ServiceMeasure.RETRIED) == Decimal("0.0004")


def test_a_credit_is_rounded_once_half_up():
    base, percent = Dollars("2.10"), Decimal("2.5")
    assert calculations.credit_of(base, percent) == Dollars("0.05")
    assert calculations.credit_of(Dollars("1.80"), percent) == Dollars("0.05")


def test_steps_grow():
    def ordered(*steps):
        said = [(Decimal(edge), Decimal(percent)) for edge, percent in steps]
        return calculations.steps_in_order(
            ServiceMeasure.AVAILABILITY, Decimal("99.9"), said
        )

    assert ordered(("99.9", "5"), ("99", "10"))
    assert not ordered(("99.95", "5"))
    assert not ordered(("99", "5"), ("99.5", "10"))
    assert not ordered(("99", "10"), ("98", "5"))
    assert not ordered(("99", "101"))
    assert not ordered()

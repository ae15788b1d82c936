"""The arithmetic of the audit of the count, held against itself written otherwise."""

import random
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracting.recounts.calculations import (
    Standing,
    allowance_of,
    carry_on,
    commitment_of,
    confidence_sequence,
    excess,
    is_drawn,
    proof_of,
    still_needed,
)

COUNTS = st.tuples(st.integers(0, 10**12), st.integers(0, 10**12))


@given(COUNTS)
def test_an_excess_is_a_share_between_none_and_all(counts):
    reported, recounted = counts
    exact = Fraction(reported - recounted, max(recounted, 20))

    cut = max(Fraction(-1), min(Fraction(1), exact))
    assert excess(reported, recounted) == float(cut)


@given(st.lists(st.floats(-1, 1)), st.floats(0, 1))
def test_the_wealth_is_the_product_of_stakes_that_the_past_decides(xs, allowance):
    # Given the same wealth in exact fractions of the same stakes
    standing, wealth, peak = Standing(), Fraction(1), Fraction(1)
    for x in xs:
        stake = standing.stake(allowance)
        assert 0 <= stake <= 0.5 / (1 + allowance)
        wealth *= 1 + Fraction(stake) * (Fraction(x) - Fraction(allowance))
        peak = max(peak, wealth)
        standing = carry_on(standing, [x], allowance, 100)

    assert standing.wealth == pytest.approx(float(wealth), rel=1e-9)
    assert standing.peak == pytest.approx(float(peak), rel=1e-9)
    assert standing.wealth > 0


@given(st.lists(st.floats(-1, 1), min_size=1), st.data())
def test_it_is_the_same_in_parts_to_the_last_bit(xs, data):
    cut = data.draw(st.integers(0, len(xs)))
    seen: list[float] = []

    whole = carry_on(Standing(), xs, 0.01, 20, seen)

    part = carry_on(Standing(), xs[:cut], 0.01, 20)
    assert carry_on(part, xs[cut:], 0.01, 20) == whole
    assert len(seen) == whole.samples
    assert seen[-1] == whole.wealth


def test_a_wealth_without_end_stays_a_number():
    standing = carry_on(Standing(), [1.0] * 5_000, 0.0, 100)

    assert standing.wealth == standing.peak == 1e100
    assert standing.first_over is not None


def test_what_is_still_needed_falls_as_the_wealth_grows():
    xs = [0.0, 0.08] * 200
    some = carry_on(Standing(), xs[:60], 0.01, 100)
    more = carry_on(Standing(), xs[:100], 0.01, 100)

    first, second = still_needed(some, 0.01, 100), still_needed(more, 0.01, 100)
    assert first is not None
    assert second is not None
    assert first > second > 0
    assert still_needed(carry_on(Standing(), xs, 0.01, 100), 0.01, 100) == 0
    assert still_needed(Standing(), 0.01, 100) is None
    assert still_needed(carry_on(Standing(), [0.0] * 90, 0.01, 100), 0.01, 100) is None


def test_the_interval_holds_the_mean_at_every_sample():
    missed = 0
    for seed in range(200):
        of = random.Random(seed)
        xs = [0.5 if of.random() < 0.1 else -0.02 for _ in range(800)]
        path = confidence_sequence(xs, 0.05)
        missed += any(not each.low <= 0.032 <= each.high for each in path)
        assert path[-1].high - path[-1].low < 0.12

    assert missed <= 20


def test_an_allowance_is_above_the_mean_of_its_calibration_in_99_of_100():
    # Given calibrations of a vendor whose mean excess is one percent
    below = 0
    for seed in range(200):
        of = random.Random(seed)
        counts = [(120 if of.random() < 0.05 else 100, 100) for _ in range(500)]
        allowance = allowance_of(counts)
        below += allowance < Decimal("0.01")
        assert allowance < Decimal("0.035")

    assert below <= 8


def test_an_allowance_of_exact_counts_is_small_and_of_none_is_everything():
    assert Decimal(0) < allowance_of([(100, 100)] * 2_000) < Decimal("0.004")
    assert allowance_of([]) == 1
    assert allowance_of([(200, 100)] * 50) == 1
    assert allowance_of([(90, 100)] * 2_000) == 0


def test_a_key_draws_its_share_and_shows_it():
    key = b"k" * 32
    proofs = [proof_of(key, f"call-{n}") for n in range(20_000)]

    drawn = sum(is_drawn(each, Decimal("0.05")) for each in proofs)

    assert 900 < drawn < 1_100
    assert all(is_drawn(each, Decimal(1)) for each in proofs)
    assert commitment_of(key) != commitment_of(b"l" * 32)

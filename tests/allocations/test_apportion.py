"""Cents are shared out whole, and no part is a cent from its exact share."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracting.allocations.calculations import apportion

WEIGHTS = st.lists(
    st.integers(min_value=0, max_value=10**6).map(Fraction), min_size=1, max_size=12
).filter(any)


@given(cents=st.integers(min_value=-(10**14), max_value=10**14), weights=WEIGHTS)
def test_the_parts_are_the_whole_and_near_their_exact_shares(cents, weights):
    parts = apportion(cents, weights)

    assert sum(parts) == cents
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - Fraction(cents) * weight / sum(weights)) < 1
        assert weight or not part


@given(cents=st.integers(min_value=0, max_value=10**9), weights=WEIGHTS)
def test_no_cent_goes_to_a_smaller_remainder(cents, weights):
    parts = apportion(cents, weights)

    exact = [Fraction(cents) * weight / sum(weights) for weight in weights]
    raised = [each % 1 for each, part in zip(exact, parts, strict=True) if part > each]
    cut = [each % 1 for each, part in zip(exact, parts, strict=True) if part < each]
    assert not raised or not cut or min(raised) >= max(cut)


def test_of_equal_remainders_the_first_is_raised():
    assert apportion(100, [Fraction(1)] * 3) == [34, 33, 33]
    assert apportion(-100, [Fraction(1)] * 3) == [-34, -33, -33]


@pytest.mark.parametrize("weights", [[], [Fraction(0)], [Fraction(1), Fraction(-1)]])
def test_nothing_is_shared_among_nobody(weights):
    with pytest.raises(ValueError, match="Weights"):
        apportion(100, weights)

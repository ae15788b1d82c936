"""Prices of months, hours and pieces: exact, and rounded in one place."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracting.core.quantities import Dollars, LossyAmount, PricePerUnit, units

PRICES = st.decimals("0", "999999999", places=6)


@pytest.mark.parametrize("wrong", ["-0.01", "0.0000001", "NaN", "x"])
def test_what_is_no_price_is_refused(wrong):
    with pytest.raises(LossyAmount):
        PricePerUnit(wrong)


def test_floats_and_lossy_quantities_are_refused():
    with pytest.raises(TypeError):
        PricePerUnit(1.5)  # type: ignore[arg-type]
    with pytest.raises(LossyAmount):
        units("0.0000001")
    with pytest.raises(LossyAmount):
        PricePerUnit("1").of(Decimal("0.0000001"))


@given(price=PRICES, quantity=st.decimals("0", "99999999999", places=6))
def test_a_price_times_a_quantity_loses_no_digit(price, quantity):
    exact = PricePerUnit(price).of(quantity)
    assert Fraction(exact.amount) == Fraction(price) * Fraction(quantity)


@given(price=PRICES, part=st.integers(0, 10_000_000), whole=st.integers(28, 31))
def test_a_part_is_exact_where_it_is_whole_and_else_the_nearest_cent(
    price, part, whole
):
    found = Fraction(PricePerUnit(price).of_part(part, whole).amount)
    exact = Fraction(price) * part / whole
    if part % whole == 0:
        assert found == exact
    else:
        assert found == Fraction((exact * 200 + 1) // 2, 100)


def test_prices_compare_and_read_as_such():
    low, high = PricePerUnit("1.50"), PricePerUnit("2")
    assert low < high
    assert low == PricePerUnit("1.5")
    assert str(low) == "$1.50 per unit"
    assert low.of(Decimal("0.5")) == Dollars("0.75")

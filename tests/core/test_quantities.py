"""Tokens, dollars and unit prices: exact, never mixed, rounded in one place."""

import dataclasses
from decimal import Decimal
from operator import add, lt, sub

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracting.core.quantities import (
    Dollars,
    LossyAmount,
    Tokens,
    UnitPrice,
    total_dollars,
)

tokens = st.integers(min_value=-(2**62), max_value=2**62).map(Tokens)
amounts = st.decimals(
    min_value=-(10**11), max_value=10**11, places=12, allow_nan=False
).map(Dollars)
prices = st.decimals(
    min_value=0, max_value=999_999, places=6, allow_nan=False, allow_infinity=False
).map(UnitPrice)


def test_a_million_requests_of_700_tokens_at_15_cents_cost_105_dollars():
    # Given a million requests, rounded once and not a million times
    price = UnitPrice("0.15")
    total = price.of(Tokens(1_000_000 * 700))

    assert total == Dollars("105.00")
    assert total.to_cents() == Dollars(105)


def test_rounding_each_request_would_lose_it_all():
    each = UnitPrice("0.15").of(Tokens(700))

    assert each == Dollars("0.000105")
    assert each.to_cents() == Dollars(0)
    assert total_dollars([each] * 1_000) == Dollars("0.105")


@pytest.mark.parametrize(
    ("exact", "cents"),
    [
        ("0.005", "0.01"),
        ("-0.005", "-0.01"),
        ("0.004999999999", "0.00"),
        ("2.675", "2.68"),
        ("1.005", "1.01"),
        ("-1.004", "-1.00"),
        ("99999999999.995", "100000000000.00"),
    ],
)
def test_half_a_cent_is_rounded_away_from_zero(exact, cents):
    assert Dollars(exact).to_cents() == Dollars(cents)


@given(amounts)
def test_a_credit_mirrors_its_charge_to_the_cent(amount):
    assert (-amount).to_cents() == -(amount.to_cents())


@given(amounts)
def test_rounding_moves_by_half_a_cent_at_most_and_once(amount):
    rounded = amount.to_cents()

    assert abs((rounded - amount).amount) <= Decimal("0.005")
    assert rounded.to_cents() == rounded


@given(amounts, amounts, amounts)
def test_dollars_add_up_in_any_order(one, two, three):
    assert (one + two) + three == three + (two + one)
    assert one - one == Dollars()
    assert total_dollars([one, two, three]) == one + two + three


@given(prices, st.lists(st.integers(min_value=0, max_value=10**12), max_size=20))
def test_the_price_of_the_sum_is_the_sum_of_the_prices(price, counts):
    together = price.of(Tokens(sum(counts)))

    assert together == total_dollars(price.of(Tokens(count)) for count in counts)


@given(
    prices.filter(lambda price: price.usd_per_million_tokens > 0),
    st.decimals(min_value=0, max_value=10**9, places=12).map(Dollars),
)
def test_the_most_tokens_that_fit_fit_and_one_more_does_not(price, funds):
    fitting = price.tokens_within(funds)

    assert price.of(fitting) <= funds
    assert price.of(fitting + Tokens(1)) > funds


def test_any_number_of_free_tokens_fits():
    assert UnitPrice(0).tokens_within(Dollars(1)) is None
    assert UnitPrice("2.5").tokens_within(Dollars(-1)) == Tokens(0)


@given(tokens, tokens)
def test_tokens_are_whole_and_add_up(one, two):
    assert (one + two) - two == one
    assert int(one + two) == int(one) + int(two)
    assert (one < two) == (int(one) < int(two))


@pytest.mark.parametrize(
    "mixed",
    [
        (add, Tokens(1), Dollars(1)),
        (add, Dollars(1), Tokens(1)),
        (sub, Dollars(1), 1),
        (add, Tokens(1), 1),
        (lt, Tokens(1), Dollars(2)),
        (lt, Dollars(1), UnitPrice(1)),
        (UnitPrice.of, UnitPrice(1), 5),
        (UnitPrice.tokens_within, UnitPrice(1), Tokens(5)),
        (add, 0, Dollars(1)),
    ],
)
def test_units_are_never_mixed(mixed):
    combine, one, two = mixed

    with pytest.raises(TypeError):
        combine(one, two)


def test_a_token_and_a_dollar_are_never_equal():
    assert Tokens(1) != Dollars(1)
    assert Dollars(1) != UnitPrice(1)
    assert len({Tokens(1), Dollars(1), UnitPrice(1)}) == 3


@pytest.mark.parametrize("quantity", [Tokens, Dollars, UnitPrice])
@pytest.mark.parametrize("value", [0.1, 1.0, True, None])
def test_a_float_is_refused_everywhere(quantity, value):
    with pytest.raises(TypeError):
        quantity(value)


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", "a lot", ""])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(LossyAmount):
        Dollars(text)


def test_a_digit_that_no_column_keeps_is_refused():
    Dollars("0.000000000001")
    UnitPrice("0.000001")

    with pytest.raises(LossyAmount):
        Dollars("0.0000000000001")
    with pytest.raises(LossyAmount):
        UnitPrice("0.0000001")


@pytest.mark.parametrize("quantity", [Dollars, UnitPrice])
@pytest.mark.parametrize(
    "text",
    ["1E+9999999", "1E-9999999", "0E+9999999", "0E-9999999", "9" * 31, "1E+30"],
)
def test_a_number_that_no_column_keeps_is_refused_before_it_is_reckoned_with(
    quantity, text
):
    with pytest.raises(LossyAmount):
        quantity(text)


def test_a_trailing_zero_is_no_digit():
    assert UnitPrice("0.15000000000") == UnitPrice("0.15")
    assert Dollars("1.50") == Dollars("1.5")
    assert hash(Dollars("1.50")) == hash(Dollars("1.5"))


def test_a_unit_price_is_never_negative():
    with pytest.raises(LossyAmount):
        UnitPrice("-0.01")


def test_quantities_cannot_be_changed():
    for quantity, field in (
        (Tokens(1), "count"),
        (Dollars(1), "amount"),
        (UnitPrice(1), "usd_per_million_tokens"),
    ):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(quantity, field, 2)


def test_quantities_read_as_they_are_spoken():
    assert str(Tokens(1_234_567)) == "1,234,567 TOK"
    assert str(Dollars("42.1250")) == "$42.125"
    assert str(UnitPrice("2.50")) == "$2.50 per MTOK"
    assert Dollars("100").plain() == "100"


def test_nothing_is_falsy_but_nothing():
    assert not Tokens()
    assert not Dollars()
    assert Tokens(-1)
    assert Dollars("0.000000000001")


@pytest.mark.parametrize("amount", ["-0.001", "-0", "0", "0.004", "-0.004999"])
def test_nothing_has_no_sign(amount):
    cents = Dollars(amount).to_cents()

    assert str(cents.amount) in {"0.00", "0"}
    assert cents.plain() == "0"

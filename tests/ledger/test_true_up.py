"""Truing up: what stands on a line becomes exactly what is allotted to it."""

from decimal import Decimal
from fractions import Fraction
from math import floor

from hypothesis import given
from hypothesis import strategies as st

from contracting.core.quantities import Dollars
from contracting.ledger.calculations import fold_allotted
from contracting.ledger.states import Allotted

MTOK = 1_000_000
entries = st.lists(
    st.tuples(st.sampled_from(["2.00", "0.50", "7.123456"]), st.integers(1, 4_000_000)),
    max_size=8,
)
rooms = st.lists(st.decimals("0", "20", places=2), min_size=1, max_size=3)


@given(entries, rooms, st.integers(0, 12_000_000))
def test_steps_draw_on_the_funds_in_order_and_lose_no_token(found, funds, ceiling):
    placed = fold_allotted(
        [Allotted(price, n, Decimal(price)) for price, n in found],
        tokens_left=ceiling,
        funds_left=[Dollars(each) for each in funds],
    )

    # Nothing is lost, and every part costs its tokens times its price
    assert sum(each.tokens for each in placed) == sum(n for _, n in found)
    for each in placed:
        exact = Fraction(each.key) * each.tokens / MTOK
        assert Fraction(each.picodollars, 10**12) == exact
    # No limit is passed
    funded = [each for each in placed if each.is_funded]
    assert sum(each.tokens for each in funded) <= ceiling
    for place, room in enumerate(funds):
        spent = sum(each.picodollars for each in funded if each.place == place)
        assert Fraction(spent, 10**12) <= Fraction(room)


@given(
    st.lists(st.tuples(st.sampled_from(["a", "b"]), st.integers(1, 3_000_000))),
    rooms,
    st.integers(0, 9_000_000),
)
def test_a_pool_never_passes_its_units_or_its_funds(found, funds, units):
    burns = {"a": Decimal("1.333333"), "b": Decimal("0.777777")}
    price = Decimal("1.599999")
    placed = fold_allotted(
        [Allotted(key, n, price, burns[key]) for key, n in found],
        tokens_left=10**12,
        funds_left=[Dollars(each) for each in funds],
        micro_acu_left=units,
    )

    # The units of each key are those of all its tokens, rounded once
    for key in {key for key, _ in found}:
        tokens = sum(n for each, n in found if each == key)
        whole = floor(Fraction(tokens) * Fraction(burns[key]) + Fraction(1, 2))
        own = [each for each in placed if each.key == key]
        assert sum(each.tokens for each in own) == tokens
        assert sum(each.micro_acu for each in own) == whole
    for each in placed:
        assert Fraction(each.picodollars, 10**6) == each.micro_acu * Fraction(price)
    funded = [each for each in placed if each.is_funded]
    assert sum(each.micro_acu for each in funded) <= units
    for place, room in enumerate(funds):
        spent = sum(each.picodollars for each in funded if each.place == place)
        assert Fraction(spent, 10**12) <= Fraction(room)

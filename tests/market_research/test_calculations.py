"""How answers compare: their order, their middle, their plot, and cells of a file."""

from decimal import Decimal
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracting.market_research.calculations import (
    PLOT_WIDTH,
    Figure,
    cell,
    counted,
    dot_plot,
    in_order,
    spread_of,
)

VENDORS = ["Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Gum", "Hazel"]


def millionths(least, most):
    """Figures with six decimals."""
    return st.integers(least * 10**6, most * 10**6).map(
        lambda number: Decimal(number).scaleb(-6)
    )


values = millionths(-1000, 10**6)
figures = st.lists(
    st.builds(
        Figure,
        vendor=st.sampled_from(VENDORS),
        value=values,
        list_price=st.none() | millionths(0, 100),
    ),
    min_size=1,
    unique_by=lambda each: each.vendor,
)


@given(figures)
def test_figures_stand_in_order_and_none_is_lost(found):
    ordered = in_order(found)

    assert [each.value for each in ordered] == sorted(each.value for each in found)
    assert sorted(map(str, ordered)) == sorted(map(str, found))
    assert in_order(reversed(found)) == in_order(ordered)


@given(figures)
def test_the_spread_is_that_of_the_textbook_whatever_the_order(found):
    spread = spread_of(found)
    plain = [each.value for each in found]

    assert spread is not None
    assert spread == spread_of(in_order(found))
    assert (spread.least, spread.most) == (min(plain), max(plain))
    assert spread.median == median(plain)
    assert spread.least <= spread.median <= spread.most


@given(figures)
def test_dots_stand_on_the_plot_in_the_order_of_their_values(found):
    plot = dot_plot(in_order(found))
    if len(found) < 2:
        assert plot is None
        return

    assert plot is not None
    places = [dot.x for dot in plot.dots]
    assert places == sorted(places)
    assert all(0 <= x <= PLOT_WIDTH for x in [*places, plot.median_x])
    assert all(
        (dot.list_x is None) == (dot.figure.list_price is None) for dot in plot.dots
    )


def test_nothing_has_no_spread():
    assert spread_of([]) is None
    assert dot_plot([]) is None


@pytest.mark.parametrize("list_price", [None, Decimal(0)])
def test_without_a_list_price_nothing_is_a_share_of_it(list_price):
    figure = Figure("Alder", Decimal(8), list_price=list_price)

    assert figure.percent_of_list is None


def test_a_share_of_list_is_rounded_half_up_to_one_decimal():
    figure = Figure("Alder", Decimal("1.0005"), list_price=Decimal(1))

    assert figure.percent_of_list == Decimal("100.1")


def test_what_nobody_chose_is_counted_too():
    assert counted(["yes", "yes"], ["yes", "no"]) == [("yes", 2), ("no", 0)]


@given(st.text())
def test_no_text_is_a_formula(text):
    assert not cell(text).lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


@given(values)
def test_a_number_stays_a_number_by_its_type(value):
    assert Decimal(cell(value)) == value

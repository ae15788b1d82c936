"""Tiers, overage and pools against oracles that count token by token.

The oracles are written from the contract's words: a token has the price of the volume
at which it stands, and the units of a pool are rounded once, for each class and period.
"""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from contracting.core.quantities import Dollars, UnitPrice
from contracting.core.tariffs import Step, Tariff, Use, allot
from contracting.metering.calculations.allotment import totals

APRIL, MAY = date(2026, 4, 1), date(2026, 5, 1)
MTOK = 1_000_000

TABLES = {
    1: ("2.00", ((5, "1.50"), (9, "0.75"))),
    2: ("8.00", ((5, "6.000001"), (12, "0.00"))),
}
"""Two classes of one line, with steps small enough to count every token."""

OVERAGE = {3: ("4.00", ((0, "0.00"), (7, "4.00")))}
"""Seven tokens of a month lie inside the envelope; beyond it each costs."""

calls = st.lists(
    st.tuples(
        st.integers(0, 6),  # the instant
        st.sampled_from(["a", "b"]),  # the source
        st.sampled_from([1, 2]),  # the class
        st.integers(1, 8),  # tokens
        st.sampled_from([APRIL, MAY]),
        st.sampled_from([10, 11]),  # the order line
    ),
    max_size=25,
)


def tariff(table, row):
    return Tariff(
        row, tuple(Step(start, UnitPrice(price)) for start, price in table[row][1])
    )


def uses(table, found, *, scope=None):
    """The calls in the order of time, as the period run reads them."""
    numbered = sorted(enumerate(found), key=lambda each: (*each[1][:2], each[0]))
    return [
        Use(
            order_line_id=line,
            tariff=tariff(table, row if row in table else 3),
            period_start=month,
            scope=line if scope is None else scope,
            tokens=tokens,
            price=UnitPrice(table[row if row in table else 3][0]),
        )
        for _, (_, _, row, tokens, month, line) in numbered
    ]


def counted_token_by_token(table, found, *, scope=None):
    """What every order line and month comes to, one token after the other."""
    volume: dict[Any, int] = {}
    cost: dict[Any, Fraction] = {}
    numbered = sorted(enumerate(found), key=lambda each: (*each[1][:2], each[0]))
    for _, (_, _, row, tokens, month, line) in numbered:
        first, later = table[row if row in table else 3]
        counter = (line if scope is None else scope, month)
        for _ in range(tokens):
            stands_at = volume.get(counter, 0)
            price = Fraction(first)
            for start, other in later:
                if stands_at >= start:
                    price = Fraction(other)
            volume[counter] = stands_at + 1
            key = (line, month)
            cost[key] = cost.get(key, Fraction()) + price / MTOK
    return cost


def summed(found):
    cost: dict[Any, Fraction] = {}
    for each in found:
        key = (each.order_line_id, each.period_start)
        cost[key] = cost.get(key, Fraction()) + Fraction(each.exact.amount)
    return cost


@given(calls)
def test_tiers_cost_what_each_token_costs_where_it_stands(found):
    assert summed(totals(allot(uses(TABLES, found)))) == counted_token_by_token(
        TABLES, found
    )


@given(calls)
def test_tiers_over_all_orders_count_one_volume(found):
    made = totals(allot(uses(TABLES, found, scope=99)))

    assert summed(made) == counted_token_by_token(TABLES, found, scope=99)


@given(calls)
def test_overage_costs_nothing_inside_the_envelope(found):
    made = totals(allot(uses(OVERAGE, found)))

    assert summed(made) == counted_token_by_token(OVERAGE, found)


@given(calls, st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_nothing(found, random):
    ids = [(at, source, n, *rest) for n, (at, source, *rest) in enumerate(found)]
    shuffled = random.sample(ids, len(ids))

    def in_time(rows):
        return [(at, source, *rest) for at, source, _, *rest in sorted(rows)]

    assert totals(allot(uses(TABLES, in_time(ids)))) == totals(
        allot(uses(TABLES, in_time(shuffled)))
    )


@given(
    st.lists(st.tuples(st.sampled_from([1, 2]), st.integers(1, 3_000_000))),
    st.decimals("0", "99.999999", places=6),
    st.decimals("0", "9.999999", places=6),
)
def test_a_pool_rounds_its_units_once_for_each_class(found, other, price):
    burns = {1: Decimal("1.5"), 2: other}
    made = totals(
        allot(
            Use(10, Tariff(row, (), burns[row], price), APRIL, 10, n, UnitPrice(99))
            for row, n in found
        )
    )

    expected = {}
    for row in {row for row, _ in found}:
        tokens = sum(n for each, n in found if each == row)
        exact = Fraction(tokens) * Fraction(burns[row])  # millionths of a unit
        units = floor(exact + Fraction(1, 2))
        expected[row] = (tokens, units, Fraction(units) * Fraction(price) / MTOK)
    assert {
        each.rate_row_id: (each.tokens, each.micro_acu, Fraction(each.exact.amount))
        for each in made
    } == expected


def test_a_step_never_costs_more_than_the_order_agreed():
    # An order agreed on $1.20 where the contract says $2.00, then $1.50, then $0.75
    use = Use(10, tariff(TABLES, 1), APRIL, 10, 12, UnitPrice("1.20"))

    found = totals(allot([use]))

    assert [(each.from_tokens, each.tokens, each.exact) for each in found] == [
        (0, 5, Dollars("0.000006")),
        (5, 4, Dollars("0.0000048")),
        (9, 3, Dollars("0.00000225")),
    ]

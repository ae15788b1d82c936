"""A contract is awarded, orders are placed, funded, changed, used, ended and closed.

In whatever order that happens, through the real verbs and their permissions, the books
say after each step what a page of plain additions says, every refusal about money is
foretold, and the invariants hold: transfers add up to balances (I1, I2), nothing passes
its bound (I3), every state was reached by a legal move (I7), and the conformed text is
the base with its modifications (I9). FULL=1 plays a longer run in ``tests/faults``.
"""

import random
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import multiple, run_state_machine_as_test

from tests.builders_metering import usage_source
from tests.builders_orders import (
    certified_contract,
    line_of_accounting,
)
from tests.journeys.contracted import Contracted


@pytest.fixture
def world(db):
    """What every life begins with, built once."""
    certified_contract()
    line_of_accounting()
    usage_source()


def play(examples, steps):
    """That many lives of that many steps each."""
    run_state_machine_as_test(
        Contracted,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_the_books_say_what_plain_additions_say(world):
    play(examples=4, steps=16)


def test_limits_move_under_usage_that_comes_late_and_is_corrected(world):
    # Given an order whose funds are used up by calls of two prices
    life = Contracted()
    life.open_the_books()
    try:
        life.award()
        number = life.order(
            funded=Decimal("1.00"),
            more=Decimal("2.00"),
            above=Decimal("90.00"),
            turned=False,
        )
        life.use_all_that_is_left(number, "input", more=7)
        life.use(number, "output", 50_000)
        assert life.plain.sum("tokens unfunded", number) == 57_000

        # When a late call displaces them, and limits and counts change meanwhile
        life.use_and_tell_late(number, "output", 200_001, share=0.25)
        assert life.plain.sum("tokens unfunded", number) > 500_000
        life.fund(number, "AB", Decimal("0.77"))
        life.move_ceiling(number, "AA", Decimal(0), -19_000_000)
        life.correct(number, random.Random(4))
        life.fund(number, "AA", Decimal("9.00"))
        life.take_funds_back(number, "AA", Decimal("2.00"))
        life.use_and_tell_late(number, "input", 900_000, share=0.125)
        life.move_ceiling(number, "AB", Decimal(0), 12_000_000)
        life.correct(number, random.Random(5))
        life.terminate(number, Decimal(0))
    finally:
        life.teardown()


def test_an_option_makes_room_for_an_order_and_the_contract_is_closed(world):
    # Given a contract with room for nothing but its option
    life = Contracted()
    life.open_the_books()
    try:
        life.award()
        life.move_the_room(Decimal("1000.00"), 20_000_000)
        life.agree_an_option(50, 7)
        first = life.order(*PAID, turned=False)
        assert (
            life.order(*PAID, turned=True) == multiple()
        )  # too little room, in tokens

        # When it is exercised, and then again, and more is agreed
        life.exercise_the_option()
        life.exercise_the_option()  # refused
        assert (life.plain.ceiling, life.plain.tokens_allowed) == (
            Decimal(1050),
            27_000_000,
        )
        life.move_the_room(Decimal("-0.01"), 0)  # refused
        life.move_the_room(Decimal("960.00"), 20_000_000)
        second = life.order(*PAID, turned=True)
        life.use(first, "output", 100_000)
        life.settle(first)

        # Then it closes after its orders, which end on other days
        life.move_the_end_of_orders(1)
        life.close_the_contract()  # refused
        life.days_pass(2)
        life.move_the_end_of_orders(9)  # refused
        life.exercise_the_option()  # refused
        life.terminate(first, Decimal(0))
        life.terminate(second, Decimal("1.00"))
        life.close(first)
        life.close_the_contract()  # refused
    finally:
        life.teardown()


PAID = (Decimal("40.00"), Decimal("5.00"), Decimal("5.00"))
"""Of the first and the second ACRN, and how far the ceiling lies above them."""

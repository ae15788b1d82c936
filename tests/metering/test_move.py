"""Usage is moved to the line to which it belongs, and back, by signed rows."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from contracting.core.errors import NotAllowed
from contracting.core.quantities import Dollars
from contracting.core.subjects import Subject
from contracting.metering.calculations.rerating import change_in_dollars
from contracting.metering.models import UsageEvent
from contracting.metering.operations.correct import correct_usage
from contracting.metering.operations.move import MOST_CALLS, move_usage
from contracting.metering.operations.rerate import scope_of
from contracting.metering.queries.reratings import plan_of
from contracting.metering.refusals import NothingToCorrect, NothingToMove, StillHeld
from contracting.orders.models import TaskOrder
from tests.builders_billing import Call, used
from tests.builders_metering import (
    CALLED_AT,
    assert_the_books_balance,
    usage_source,
)
from tests.builders_orders import issued_order
from tests.builders_reratings import APPROVED_AT, approved, prepared, price_fell
from tests.builders_settlement import balances
from tests.builders_volume import books, contract_by_volume, order_by_volume, pool
from tests.cast import actor, nothing_happens

MOVED_AT = CALLED_AT + timedelta(days=9)
LATER = APPROVED_AT + timedelta(days=1)
STRAY = Call("r-9", {"OUT_TEXT": 500, "IN_UNCACHED": 1_000})
ALL = {("r-9", 1, "OUT_TEXT"): 500, ("r-9", 1, "IN_UNCACHED"): 1_000}
BECAUSE = Subject("metering.source", 1, "system")


@pytest.fixture
def other(order: TaskOrder) -> TaskOrder:
    """Another order, on which a call was counted that belongs to the first."""
    used(order, [Call("r-1", {"OUT_TEXT": 1_000})])
    strange = issued_order(on=order.contract)
    used(strange, [STRAY])
    return strange


def moved(source: TaskOrder, target: TaskOrder, at: datetime = MOVED_AT, **more):
    terms: dict[str, Any] = {
        "calls": ALL,
        "to_line_id": target.lines.get().pk,
        "reason": "The key was mapped to the wrong order.",
        "because": BECAUSE,
        "by": actor("contracting_officer"),
    }
    return move_usage(order_id=source.pk, **(terms | more), at=at)


def consumed(order: TaskOrder) -> tuple[int, Dollars]:
    (row,) = balances(order)
    return row.consumed_tokens, Dollars(row.consumed_dollars)


@pytest.mark.rule("R-MET-05", case="allowed")
def test_a_call_is_moved_as_far_as_it_is_asked_for(order, other):
    # When no more than a part of its output is moved, and of input more than it has
    asked = {("r-9", 1, "OUT_TEXT"): 200, ("r-9", 1, "IN_UNCACHED"): 9_999}
    done = moved(other, order, calls=asked)

    # Then no more moves than is there, and the rest stays
    assert (done.calls, done.tokens) == (1, 1_200)
    assert consumed(other) == (300, Dollars("0.0024"))
    assert consumed(order)[0] == 2_200
    (row,) = UsageEvent.objects.filter(event_id__startswith="mvd")
    assert (row.corrects, row.occurred_at) == ("call-r-9-1", STRAY.at)
    assert_the_books_balance()


@pytest.mark.rule("R-MET-05", case="refused")
def test_what_was_moved_is_gone_from_where_it_was(order, other):
    moved(other, order)

    with nothing_happens(), pytest.raises(NothingToMove) as refusal:
        moved(other, order)
    assert refusal.value.rule == "R-MET-05"
    with nothing_happens(), pytest.raises(NothingToCorrect):
        correct_usage(
            source_id=usage_source().pk,
            event_id="call-r-9-1",
            correction_id="c-1",
            changes={"OUT_TEXT": -1},
            reason="It is not there any more.",
            by=actor("cor"),
            at=MOVED_AT,
        )


def test_what_was_moved_by_mistake_is_moved_back(order, other):
    before = consumed(order), consumed(other)
    moved(other, order)
    assert consumed(other) == (0, Dollars())

    # When it is moved back, there once more, and back again
    for source, target in ((order, other), (other, order), (order, other)):
        assert moved(source, target).tokens == 1_500
        assert_the_books_balance()
    assert (consumed(order), consumed(other)) == before

    # Then calls of the same hour that come later still find their place
    used(order, [Call("r-10", {"OUT_TEXT": 7}, minute=1)], at=MOVED_AT)
    used(other, [Call("r-11", {"OUT_TEXT": 7}, minute=1)], at=MOVED_AT)
    assert consumed(order)[0] == before[0][0] + 7
    assert consumed(other)[0] == before[1][0] + 7
    assert_the_books_balance()


def test_a_later_rating_reaches_what_was_moved_where_it_is(order, other):
    # Given a call that was moved, and an input price that fell on its day
    moved(other, order)
    tokens = consumed(order)[0], consumed(other)[0]
    price_fell(order.contract, first_day=date(2026, 4, 14))

    # When all orders of the contract are rated anew
    scope = scope_of(order.contract, None, date(2026, 4, 13), date(2026, 5, 3))
    changes = plan_of(scope).changes

    # Then the call and what took it back change alike, and the call that came with it
    assert len(changes) == 3
    assert change_in_dollars(changes, is_closed=False) == Dollars("-0.0005")

    # And nothing moves back: only the order that has it pays less
    approved(prepared(order.contract))
    assert (consumed(order)[0], consumed(other)[0]) == tokens
    assert consumed(order)[1] == Dollars("0.0135")
    assert consumed(other)[1] == Dollars()
    assert_the_books_balance()
    assert not plan_of(scope).changes

    # And at that price it is moved back and rated again with its own call
    assert moved(order, other, at=LATER).tokens == 1_500
    assert consumed(other) == (1_500, Dollars("0.0055"))
    assert consumed(order) == (1_000, Dollars("0.008"))
    assert not plan_of(scope).changes
    assert_the_books_balance()


def test_a_part_that_was_moved_in_two_acts_is_rated_anew_as_one(order, other):
    # Given a call of which input was moved in two parts, and one of them on
    third = issued_order(on=order.contract)
    for tokens in (200, 300):
        moved(other, order, calls={("r-9", 1, "IN_UNCACHED"): tokens})
    moved(order, third, calls={("r-9", 1, "IN_UNCACHED"): 400})
    price_fell(order.contract, first_day=date(2026, 4, 14))

    # When the orders are rated anew, one of them alone first
    approved(prepared(order.contract, order_id=order.pk))
    assert consumed(order) == (1_100, Dollars("0.00815"))
    assert consumed(third) == (400, Dollars("0.0008"))
    run = prepared(order.contract, at=APPROVED_AT)
    approved(run, at=APPROVED_AT + timedelta(hours=1))

    # Then each order has its part at the lower price
    assert consumed(order) == (1_100, Dollars("0.00815"))
    assert consumed(third) == (400, Dollars("0.0006"))
    assert consumed(other) == (1_000, Dollars("0.00475"))
    assert_the_books_balance()


def test_the_price_the_pool_and_the_funds_of_its_new_line_hold(db):
    # Given a call on a line of $2 and $8, and a pool funded with one cent
    contract = contract_by_volume()
    strange = issued_order(on=contract)
    used(strange, [STRAY])
    target = order_by_volume("0003", on=contract, dollars="0.01")
    used(target, [Call("r-1", {"OUT_TEXT": 1_000})])

    # When it is moved to the pool
    moved(strange, target)

    # Then it burns what the pool says, each class to the millionth, and costs that
    burnt = 8_000 + 1_250
    assert sum(pool(target)) == burnt
    funded, dollars, beyond, beyond_dollars = books(target)
    assert dollars + beyond_dollars == burnt * Decimal("1.60") / 10**6

    # And what the cent does not pay is unfunded
    assert funded + beyond == 2_500
    assert Decimal("0.00999") < dollars <= Decimal("0.01") < dollars + beyond_dollars
    assert consumed(strange) == (0, Dollars())
    assert_the_books_balance()


def test_a_call_that_would_be_held_there_is_not_moved(order, other):
    tomorrow = issued_order(on=order.contract, period_start=date(2026, 4, 25))
    with nothing_happens(), pytest.raises(StillHeld, match="would be held"):
        moved(other, tomorrow)


def test_too_many_calls_are_no_act_of_one_person(order, other):
    many = {(f"r-{n}", 1, "OUT_TEXT"): 1 for n in range(MOST_CALLS + 1)}
    with nothing_happens(), pytest.raises(NothingToMove, match="at most 5,000"):
        moved(other, order, calls=many)


@pytest.mark.parametrize(
    "part", ["vendor_a_signer", "payment_certifier", "other_agency_officer"]
)
def test_nobody_else_moves_usage(order, other, part):
    with nothing_happens(), pytest.raises(NotAllowed):
        moved(other, order, by=actor(part))

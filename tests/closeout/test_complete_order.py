"""When an order is physically complete."""

from datetime import timedelta

import pytest

from contracting.audit.queries import events_of
from contracting.closeout.operations.complete_order import complete_order
from contracting.closeout.refusals import NotPhysicallyComplete
from contracting.core.errors import IllegalMove, NotAllowed
from contracting.orders.states import TaskOrderState
from tests.builders_metering import CALLED_AT, assert_the_books_balance, event, ingested
from tests.builders_settlement import ENDED_AT
from tests.cast import actor, nothing_happens


@pytest.mark.rule("R-CLO-01", case="allowed")
@pytest.mark.parametrize("part", ["cor", "contracting_officer"])
def test_an_order_is_complete_when_its_period_has_ended(paid, part):
    # When the representative or the officer says so, a day after the last
    order = complete_order(order_id=paid.pk, by=actor(part), at=ENDED_AT)

    # Then it is, and the record says who
    assert order.state == TaskOrderState.COMPLETED
    event_ = events_of(order.subject).latest("pk")
    assert event_.event == "closeout.order.completed"
    assert event_.actor_name == actor(part).name
    assert_the_books_balance()


@pytest.mark.rule("R-CLO-01", case="refused")
def test_an_order_is_not_complete_on_its_last_day(paid, cor):
    # Given the last minute of 30 September in Washington
    at = paid.period.end - timedelta(minutes=1)

    # When it is completed
    with nothing_happens(), pytest.raises(NotPhysicallyComplete) as refusal:
        complete_order(order_id=paid.pk, by=cor, at=at)

    # Then the period stands in the way, and one minute later nothing does
    assert refusal.value.rule == "R-CLO-01"
    assert "runs until 30 Sep 2026" in refusal.value.message
    assert complete_order(order_id=paid.pk, by=cor, at=at + timedelta(minutes=1))


@pytest.mark.rule("R-CLO-01", case="refused")
def test_an_order_is_not_complete_while_a_call_is_in_suspense(paid, cor):
    # Given a call of this order for a model that nobody knows
    ingested(event(7, order=paid, at=CALLED_AT, model="no-such-model"))

    # When it is completed
    with nothing_happens(), pytest.raises(NotPhysicallyComplete) as refusal:
        complete_order(order_id=paid.pk, by=cor, at=ENDED_AT)

    # Then the call must be settled first
    assert refusal.value.rule == "R-CLO-01"
    assert "1 call is still in suspense." in refusal.value.message


def test_an_order_is_completed_once(completed, cor):
    with nothing_happens(), pytest.raises(IllegalMove):
        complete_order(order_id=completed.pk, by=cor, at=ENDED_AT)


@pytest.mark.parametrize(
    "part",
    [
        "program_manager",
        "payment_certifier",
        "auditor",
        "vendor_a_signer",
        "other_agency_officer",
        "other_vendor_signer",
    ],
)
def test_nobody_else_completes_an_order(paid, part):
    with nothing_happens(), pytest.raises(NotAllowed):
        complete_order(order_id=paid.pk, by=actor(part), at=ENDED_AT)

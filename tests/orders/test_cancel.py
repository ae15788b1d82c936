"""An order is given up before it is signed."""

import pytest

from contracting.approvals.queries import routes_of
from contracting.approvals.states import RouteState
from contracting.core.errors import NotAllowed
from contracting.core.quantities import Dollars
from contracting.ledger.queries import funds_of
from contracting.orders.operations.cancel import cancel_task_order
from contracting.orders.refusals import TermInvalid
from contracting.orders.states import TaskOrderState
from tests.builders_orders import (
    ORDERED_AT,
    certified_order,
    drafted_order,
    issued_order,
    submitted_order,
)
from tests.cast import actor, nothing_happens


def cancelled(order, by="contracting_officer", reason="The need has gone."):
    return cancel_task_order(
        order_id=order.pk, reason=reason, by=actor(by), at=ORDERED_AT
    )


@pytest.mark.parametrize("part", ["contracting_officer", "program_manager"])
def test_cancelling_voids_the_review_and_the_commitment(contract, part):
    # Given an approved order with committed funds
    order = certified_order(on=contract)

    # When it is cancelled
    done = cancelled(order, by=part)

    # Then nothing stands of its review and its commitment
    assert done.state == TaskOrderState.CANCELLED
    route = routes_of(order.subject).get()
    assert route.state == RouteState.VOIDED
    assert "The need has gone." in route.void_reason
    (position,) = funds_of(contract.agency_id)
    assert position.committed == Dollars(0)


def test_it_says_why(contract):
    order = submitted_order(on=contract)

    with nothing_happens(), pytest.raises(TermInvalid):
        cancelled(order, reason=" ")


@pytest.mark.parametrize("state", [drafted_order, issued_order])
def test_a_draft_is_discarded_and_a_signed_order_modified(contract, state):
    order = state(on=contract)

    with nothing_happens(), pytest.raises(NotAllowed):
        cancelled(order)


@pytest.mark.parametrize(
    "outsider",
    ["technical_reviewer", "other_agency_officer", "vendor_a_signer"],
)
def test_an_outsider_cancels_nothing(contract, outsider):
    order = submitted_order(on=contract)

    with nothing_happens(), pytest.raises(NotAllowed):
        cancelled(order, by=outsider)

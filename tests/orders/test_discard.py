"""A draft is given up."""

import pytest

from contracting.approvals.states import Decided
from contracting.core.errors import NotAllowed
from contracting.core.quantities import Dollars
from contracting.ledger.queries import funds_of
from contracting.orders.operations.discard import discard_task_order
from contracting.orders.operations.review import review_task_order
from contracting.orders.queries import visible_to
from contracting.orders.states import TaskOrderState
from tests.builders_orders import (
    ORDERED_AT,
    certified,
    drafted_order,
    submitted_order,
)
from tests.cast import actor, nothing_happens


def discarded(order, by="program_manager"):
    return discard_task_order(order_id=order.pk, by=actor(by), at=ORDERED_AT)


def test_a_discarded_draft_is_hidden(contract, program_manager):
    order = drafted_order(on=contract)

    done = discarded(order)

    assert done.state == TaskOrderState.DISCARDED
    assert not visible_to(program_manager).exists()


def test_funds_that_were_certified_before_a_return_are_released(
    contract, technical_reviewer
):
    # Given an order that was certified and then returned
    order = certified(submitted_order(on=contract))
    order = review_task_order(
        order_id=order.pk,
        verdict=Decided.RETURN,
        comment="Say what it is for.",
        by=technical_reviewer,
        at=ORDERED_AT,
        seen_version=order.version,
    )
    assert funds_of(contract.agency_id)[0].committed == Dollars(40)

    # When the draft is discarded
    discarded(order)

    # Then its commitment is released
    assert funds_of(contract.agency_id)[0].committed == Dollars(0)


def test_an_order_in_review_is_cancelled_instead(contract):
    order = submitted_order(on=contract)

    with nothing_happens(), pytest.raises(NotAllowed):
        discarded(order)


@pytest.mark.parametrize(
    "outsider",
    ["contracting_officer", "other_agency_officer", "vendor_a_signer"],
)
def test_an_outsider_discards_nothing(contract, outsider):
    order = drafted_order(on=contract)

    with nothing_happens(), pytest.raises(NotAllowed):
        discarded(order, by=outsider)

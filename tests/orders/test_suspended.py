"""No order is placed while a protest suspends the contract."""

from datetime import timedelta

import pytest

from contracting.contracts.operations.record import record_protest
from contracting.orders.operations.issue import issue_task_order
from contracting.orders.refusals import Suspended
from tests.builders_orders import (
    AWARDED_AT,
    ISSUED_AT,
    awarded_contract,
    certified_order,
)
from tests.cast import actor, nothing_happens

pytestmark = pytest.mark.django_db


@pytest.mark.rule("R-AWD-07", case="refused")
def test_a_protest_in_time_suspends_ordering():
    # Given an order that is ready to sign, and notice on the tenth day after award
    order = certified_order(on=awarded_contract())
    record_protest(
        contract_id=order.contract_id,
        number="B-1",
        notified_on=AWARDED_AT.date() + timedelta(days=10),
        by=actor("contracting_officer"),
        at=AWARDED_AT + timedelta(days=10),
    )

    # When the officer wants to sign it
    with nothing_happens(), pytest.raises(Suspended) as refusal:
        issue_task_order(
            order_id=order.pk,
            by=actor("contracting_officer"),
            at=ISSUED_AT,
            seen_version=order.version,
        )

    # Then the protest stands in its way
    assert refusal.value.rule == "R-AWD-07"
    assert "B-1" in refusal.value.message

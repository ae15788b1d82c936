"""An intended order is given up, and the holders read why."""

import pytest

from contracting.fair_opportunity.operations.cancel import cancel_opportunity
from contracting.fair_opportunity.refusals import (
    ReasonMissing,
)
from contracting.fair_opportunity.states import OpportunityState
from tests.builders_fair import (
    MERIDIAN,
    NOTIFIED_AT,
    notified,
)
from tests.cast import actor, client_for, nothing_happens


def test_an_intended_order_is_given_up_with_a_reason(contract, contracting_officer):
    opportunity = notified(contract)
    with nothing_happens(), pytest.raises(ReasonMissing):
        cancel_opportunity(
            opportunity_id=opportunity.pk,
            reason=" ",
            by=contracting_officer,
            at=NOTIFIED_AT,
        )

    given_up = cancel_opportunity(
        opportunity_id=opportunity.pk,
        reason="The need is met otherwise.",
        by=contracting_officer,
        at=NOTIFIED_AT,
    )

    assert given_up.state == OpportunityState.CANCELLED
    page = client_for(actor(MERIDIAN)).get(opportunity.path).content.decode()
    assert "The need is met otherwise." in page

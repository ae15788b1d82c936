"""Above the simplified threshold every response has its finding."""

from datetime import timedelta

import pytest

from contracting.core.quantities import Dollars
from contracting.fair_opportunity.refusals import (
    NotConsidered,
    NoticeIncomplete,
    ResponseLate,
    StillOpen,
)
from contracting.fair_opportunity.states import OpportunityState
from tests.builders_fair import (
    LARKSPUR,
    MERIDIAN,
    NOTIFIED_AT,
    RESPOND_BY,
    considered,
    notified,
    responded,
    selected,
)
from tests.cast import nothing_happens


@pytest.mark.rule("R-TO-07", case="refused")
def test_above_the_simplified_threshold_every_response_is_considered(contract):
    # A notice says what is needed and how one is selected
    for lacks in ({"basis": ""}, {"description": " "}, {"respond_by": NOTIFIED_AT}):
        with nothing_happens(), pytest.raises(NoticeIncomplete):
            notified(contract, **lacks)

    # Given two responses to a notice above $350,000
    opportunity = notified(contract, value=Dollars("350000.01"))
    responded(opportunity, LARKSPUR)
    response = responded(opportunity, MERIDIAN)

    # While they may be replaced, none is selected; and none is late
    with nothing_happens(), pytest.raises(StillOpen):
        selected(response, at=RESPOND_BY)
    with nothing_happens(), pytest.raises(ResponseLate):
        responded(opportunity, MERIDIAN, at=RESPOND_BY + timedelta(seconds=1))

    # When one is selected before all are considered
    with nothing_happens(), pytest.raises(NotConsidered) as refusal:
        selected(response)

    # Then those without a finding are named
    assert "Meridian Models, Larkspur AI has no finding" in refusal.value.message or (
        "Larkspur AI, Meridian Models has no finding" in refusal.value.message
    )
    considered(opportunity)
    assert selected(response).state == OpportunityState.SELECTED

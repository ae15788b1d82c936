"""An order is placed on what was told, considered and selected, and on no less."""

import pytest

from contracting.fair_opportunity.refusals import (
    NoFairOpportunity,
    NotConsidered,
)
from tests.builders_fair import (
    LARKSPUR,
    MERIDIAN,
    considered,
    notified,
    ordered,
    responded,
    selected,
    signed,
)
from tests.cast import nothing_happens


@pytest.mark.rule("R-TO-06", case="refused")
def test_above_the_micro_purchase_threshold_no_holder_is_simply_chosen(contract):
    # Up to $15,000 an order may go to any holder
    assert signed(ordered(contract, "15000.00")).piid

    # A cent above it, every holder is asked
    order = ordered(contract, "15000.01")
    with nothing_happens(), pytest.raises(NoFairOpportunity) as refusal:
        signed(order)
    assert "no holder was selected" in refusal.value.message


@pytest.mark.rule("R-TO-07", case="refused")
def test_an_order_that_grew_beyond_its_notice_is_not_signed(contract):
    # Given a selection at $20,000, for which no finding was needed
    opportunity = notified(contract)
    responded(opportunity, LARKSPUR)
    selected(responded(opportunity, MERIDIAN))

    # When the order is worth more than $350,000
    order = ordered(contract, "350000.01", opportunity_id=opportunity.pk)
    with nothing_happens(), pytest.raises(NotConsidered):
        signed(order)

    # Then the findings may be written still
    considered(opportunity)
    assert signed(order).piid

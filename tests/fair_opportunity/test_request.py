"""Above the enhanced threshold more is told, and a debriefing is owed."""

from datetime import UTC, date, datetime, timedelta

import pytest

from contracting.core.errors import NotAllowed
from contracting.core.quantities import Dollars
from contracting.fair_opportunity.operations.cancel import cancel_opportunity
from contracting.fair_opportunity.operations.place import place_order
from contracting.fair_opportunity.operations.request import request_order_debriefing
from contracting.fair_opportunity.refusals import (
    AlreadyRequested,
    NotEnhanced,
    OpportunityUsed,
)
from contracting.notices.models import Notice
from tests.builders_fair import (
    LARKSPUR,
    MERIDIAN,
    NOTIFIED_AT,
    considered,
    notified,
    responded,
    selected,
)
from tests.cast import nothing_happens

LARGE = {"value": Dollars("8000000.00")}
ENHANCED = {
    **LARGE,
    "factors": "Price, then the support plan, which weighs less.",
    "respond_by": NOTIFIED_AT + timedelta(days=10),
}


@pytest.mark.rule("R-TO-08", case="allowed")
@pytest.mark.rule("R-TO-08", case="refused")
def test_above_the_enhanced_threshold_more_is_told_and_owed(
    contract, contracting_officer, vendor_b_signer
):
    # A notice without factors, or with too little time, is not given
    for lacks in ({"factors": ""}, {"respond_by": NOTIFIED_AT + timedelta(days=9)}):
        with nothing_happens(), pytest.raises(NotEnhanced):
            notified(contract, **{**ENHANCED, **lacks})
    opportunity = notified(contract, **ENHANCED)
    responded(opportunity, LARKSPUR)
    response = responded(opportunity, MERIDIAN)
    at = datetime(2026, 4, 13, 12, 0, tzinfo=UTC)
    considered(opportunity, at)

    # Nobody is selected without a best-value statement
    with nothing_happens(), pytest.raises(NotEnhanced) as refusal:
        selected(response, at=at)
    assert "what makes the selection the best value" in refusal.value.message
    selected(response, at=at, best_value="Equal plans, a lower price.")

    # And once the order is placed, a request within three days is owed a debriefing
    place_order(
        opportunity_id=opportunity.pk,
        order_piid="75D30126F00001",
        value=LARGE["value"],
        by=contracting_officer,
        at=at,
    )
    assert Notice.objects.filter(body__contains="within 3 days").exists()
    debriefing = request_order_debriefing(
        opportunity_id=opportunity.pk, by=vendor_b_signer, at=at + timedelta(days=3)
    )
    assert (debriefing.is_required, debriefing.due_on) == (True, date(2026, 4, 21))
    with nothing_happens(), pytest.raises(AlreadyRequested):
        request_order_debriefing(
            opportunity_id=opportunity.pk, by=vendor_b_signer, at=at
        )
    with nothing_happens(), pytest.raises(OpportunityUsed):
        place_order(
            opportunity_id=opportunity.pk,
            order_piid="75D30126F00002",
            value=LARGE["value"],
            by=contracting_officer,
            at=at,
        )
    with nothing_happens(), pytest.raises(NotAllowed):
        cancel_opportunity(
            opportunity_id=opportunity.pk,
            reason="No need.",
            by=contracting_officer,
            at=at,
        )

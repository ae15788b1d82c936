"""An exception stands for one holder once its justification is approved."""

from datetime import date

import pytest

from contracting.approvals.states import Decided
from contracting.core.actors import SYSTEM
from contracting.determinations.models import Determination
from contracting.determinations.operations.adopt_ladder import (
    adopt_justification_ladder,
)
from contracting.determinations.operations.review import review_determination
from contracting.fair_opportunity.queries import (
    posting_due_on,
)
from contracting.fair_opportunity.refusals import (
    ExceptionIncomplete,
    NoFairOpportunity,
)
from tests.builders_fair import (
    NOTIFIED_AT,
    SELECTED_AT,
    excepted,
    ordered,
    signed,
)
from tests.cast import client_for, nothing_happens


@pytest.mark.rule("R-TO-06", case="allowed")
@pytest.mark.rule("R-TO-06", case="refused")
def test_an_exception_carries_an_order_once_its_justification_is_approved(
    contract, contracting_officer, vendor_a_signer
):
    # Given an urgent order, whose justification a specialist has written
    adopt_justification_ladder(
        agency_id=contract.agency_id,
        valid_from=date(2026, 3, 1),
        by=SYSTEM,
        at=NOTIFIED_AT,
    )
    opportunity = excepted(contract)
    order = ordered(contract, opportunity_id=opportunity.pk)

    # When it is signed before the justification is approved at its level
    with nothing_happens(), pytest.raises(NoFairOpportunity) as refusal:
        signed(order)
    assert "not approved at its level" in refusal.value.message

    # Then it is once the contracting officer, up to $900,000, has approved it
    justification = Determination.objects.get(kind="FAIR_OPPORTUNITY")
    review_determination(
        determination_id=justification.pk,
        verdict=Decided.CONCUR,
        comment="",
        by=contracting_officer,
        at=SELECTED_AT,
    )
    assert signed(order).piid
    # And it is posted within 30 days, because it was urgent; no vendor reads it here
    opportunity.refresh_from_db()
    assert posting_due_on(opportunity) == date(2026, 5, 8)
    assert client_for(vendor_a_signer).get(opportunity.path).status_code == 404
    page = client_for(contracting_officer).get(opportunity.path).content.decode()
    assert 'It is posted by <time datetime="2026-05-08">' in page

    # And an exception carries no order above the value at which it was approved
    second = excepted(contract, code="SET_ASIDE", justification="")
    larger = ordered(contract, "20000.01", opportunity_id=second.pk)
    with nothing_happens(), pytest.raises(NoFairOpportunity) as refusal:
        signed(larger)
    assert "the exception was taken for $20,000.00" in refusal.value.message


@pytest.mark.rule("R-TO-06", case="refused")
def test_an_exception_has_a_code_and_a_justification(contract):
    for lacks in ({"code": "CHEAPER"}, {"justification": " "}, {"title": ""}):
        with nothing_happens(), pytest.raises(ExceptionIncomplete):
            excepted(contract, **lacks)

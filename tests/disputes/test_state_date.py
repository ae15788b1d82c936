"""A large claim may take longer than its days, by a date stated within them."""

from datetime import timedelta

import pytest

from contracting.contracts.models import Contract
from contracting.core.errors import NotAllowed
from contracting.disputes.models import Claim
from contracting.disputes.operations.state_date import state_decision_date
from contracting.disputes.queries.cases import decision_due_on
from contracting.disputes.refusals import DecisionDateWrong
from tests.builders_orders import awarded_contract
from tests.cast import actor, nothing_happens
from tests.disputes.test_submit_claim import CLAIMED_AT, claimed
from tests.worlds import once_per_file

pytestmark = pytest.mark.django_db

world = once_per_file(awarded_contract)
LATER = timedelta(days=10)


@pytest.fixture
def claim(world):
    contract = Contract.objects.get(pk=world)
    return claimed(contract, "250000.00", is_certified=True)


def stated(claim, *, by="contracting_officer", at=CLAIMED_AT + LATER, **terms):
    return state_decision_date(
        claim_id=claim.pk,
        **{
            "decision_on": claim.decision_due_on + LATER,
            "reason": "The recount takes until then.",
            **terms,
        },
        by=actor(by),
        at=at,
    )


@pytest.mark.rule("R-PAY-07", case="allowed")
def test_the_date_that_is_stated_is_the_date_it_is_due(claim):
    stated(claim)

    claim = Claim.objects.get(pk=claim.pk)
    assert decision_due_on(claim) == claim.decision_due_on + LATER
    with nothing_happens(), pytest.raises(NotAllowed):
        stated(claim)


@pytest.mark.rule("R-PAY-07", case="refused")
def test_after_its_days_no_date_is_stated(claim):
    with nothing_happens(), pytest.raises(DecisionDateWrong):
        stated(claim, at=CLAIMED_AT + timedelta(days=61))


def test_a_date_is_later_and_has_a_reason(claim):
    for wrong in ({"decision_on": claim.decision_due_on}, {"reason": " "}):
        with nothing_happens(), pytest.raises(DecisionDateWrong):
            stated(claim, **wrong)


def test_a_small_claim_is_decided_within_its_days(world):
    small = claimed(Contract.objects.get(pk=world))
    with nothing_happens(), pytest.raises(DecisionDateWrong):
        stated(small)


@pytest.mark.parametrize("outsider", ["cor", "other_agency_officer", "vendor_a_signer"])
def test_nobody_else_states_it(claim, outsider):
    with nothing_happens(), pytest.raises(NotAllowed):
        stated(claim, by=outsider)

"""Nobody is awarded whose exclusions were not checked within a day."""

from datetime import timedelta

import pytest

from contracting.contracts.refusals import NotResponsible
from contracting.determinations.states import Kind
from tests.builders_orders import AWARDED_AT, certified_contract, registrations
from tests.cast import actor, client_for, days, nothing_happens
from tests.contracts.test_award import awarded
from tests.solicitations.test_publish import approved_determination

AN_HOUR_LATER = AWARDED_AT + timedelta(hours=1)


@pytest.mark.rule("R-EVL-08", case="allowed")
def test_checked_within_a_day_the_vendor_is_awarded(decision):
    assert awarded(certified_contract(on=decision)).piid


@pytest.mark.rule("R-EVL-08", case="refused")
def test_a_check_of_the_day_before_is_too_old(decision):
    contract = certified_contract(on=decision)

    with nothing_happens(), pytest.raises(NotResponsible) as refusal:
        awarded(contract, at=AWARDED_AT + days(1))

    assert refusal.value.rule == "R-EVL-08"


@pytest.mark.rule("R-EVL-08", case="refused")
def test_what_the_latest_extract_says_counts(decision):
    contract = certified_contract(on=decision)
    registrations(at=AN_HOUR_LATER, exclusion="Debarred")

    with nothing_happens(), pytest.raises(NotResponsible) as refusal:
        awarded(contract, at=AN_HOUR_LATER)

    assert refusal.value.rule == "R-EVL-08"


@pytest.mark.rule("R-EVL-08", case="allowed")
def test_the_agencys_head_has_a_compelling_reason(decision, monkeypatch):
    contract = certified_contract(on=decision)
    registrations(at=AN_HOUR_LATER, exclusion="Debarred")
    at = AN_HOUR_LATER
    monkeypatch.setattr("contracting.core.clock.now", lambda: at)
    officer = actor("contracting_officer")
    page = client_for(officer).get(f"{contract.path}/award_contract")
    assert "is excluded: Debarred" in page.content.decode()

    vars(contract)["maximum_dollars"] = contract.ceiling_dollars
    approved_determination(contract, Kind.COMPELLING_REASON, officer, AWARDED_AT)

    assert awarded(contract, at=at).piid

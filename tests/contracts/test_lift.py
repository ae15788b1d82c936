"""Lifting the suspension for a protest."""

from datetime import timedelta

import pytest

from contracting.contracts.operations.lift import lift_protest
from contracting.contracts.operations.record import record_protest
from contracting.contracts.queries import suspending_protest
from contracting.contracts.refusals import AlreadyRecorded, ProtestIncomplete
from contracting.core.errors import NotAllowed
from tests.builders_orders import AWARDED_AT, awarded_contract
from tests.cast import actor, client_for, nothing_happens, submit

pytestmark = pytest.mark.django_db
LATER = AWARDED_AT + timedelta(days=20)


@pytest.fixture
def protest():
    return record_protest(
        contract_id=awarded_contract().pk,
        number="B-1",
        notified_on=AWARDED_AT.date() + timedelta(days=5),
        by=actor("contract_specialist"),
        at=AWARDED_AT + timedelta(days=6),
    )


def lifted(protest, *, by="contracting_officer", text="Urgent and compelling."):
    return lift_protest(
        protest_id=protest.pk,
        found_by="Hal Head",
        text=text,
        by=actor(by),
        at=LATER,
    )


@pytest.mark.rule("R-AWD-07", case="allowed")
def test_a_finding_lifts_the_suspension_and_stands_on_the_contract(
    protest, contracting_officer, monkeypatch
):
    monkeypatch.setattr("contracting.core.clock.now", lambda: LATER)
    browser, page = client_for(contracting_officer), protest.contract.path
    assert "Suspended for protest B-1" in browser.get(page).content.decode()

    words = {"found_by": "Hal Head", "text": "Urgent and compelling."}
    reply = submit(browser, f"{page}/lift_protest", words)

    assert reply.url == page
    assert suspending_protest(protest.contract) is None
    said = browser.get(page).content.decode()
    assert "Suspended for protest" not in said
    assert "by a finding of Hal Head" in said
    with nothing_happens(), pytest.raises(AlreadyRecorded):
        lifted(protest)


@pytest.mark.rule("R-AWD-07", case="refused")
def test_without_a_finding_nothing_is_lifted(protest):
    with nothing_happens(), pytest.raises(ProtestIncomplete) as refusal:
        lifted(protest, text=" ")

    assert refusal.value.rule == "R-AWD-07"


def test_nobody_else_lifts_it(protest):
    for part in ("contract_specialist", "other_agency_officer", "vendor_a_signer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            lifted(protest, by=part)

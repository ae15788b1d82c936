"""The vendor gives up what its guaranteed minimum leaves unpaid."""

import pytest
from django.urls import reverse

from contracting.audit.queries import events_of
from contracting.closeout.models import ClaimsRelease
from contracting.closeout.operations.release_minimum import release_minimum
from contracting.closeout.refusals import (
    AlreadyClosedOut,
    CloseOutBlocked,
    NotReleasable,
    ReleaseOutdated,
    StatementMissing,
)
from contracting.contracts.states import ContractState
from contracting.core.errors import NotAllowed
from contracting.core.quantities import Dollars
from contracting.documents.models import Document
from contracting.notices.models import Notice
from contracting.operate.queries import broken_invariants
from tests.builders_orders import drafted_order
from tests.builders_settlement import CLOSED_AT, CONTRACT_ENDED_AT, closed_contract
from tests.cast import actor, client_for, nothing_happens, submit

OWED = Dollars("990.08")
"""Of a thousand guaranteed, what a pilot of ten dollars leaves."""

WORDS = "We agreed to end the pilot early."


@pytest.fixture
def contract(closed):
    """A contract whose only order is closed out far below the minimum."""
    return closed.contract


def release(contract, by=None, **more):
    """Give up the rest of the minimum, as the vendor's signer who read the page."""
    given = {
        "contract_id": contract.pk,
        "given_up": OWED,
        "statement": WORDS,
        "by": by or actor("vendor_a_signer"),
        "at": CONTRACT_ENDED_AT,
    }
    return release_minimum(**(given | more))


@pytest.mark.rule("R-CLO-03", case="allowed")
def test_a_minimum_that_the_vendor_gives_up_does_not_block_the_end(contract):
    # Given a minimum that no order has reached
    with nothing_happens(), pytest.raises(CloseOutBlocked):
        closed_contract(contract)

    # When the vendor gives it up
    released = release(contract)

    # Then its word is kept, and the officer is told
    assert released.dollars == OWED.amount
    assert "$990.08" in Notice.objects.latest("pk").body
    event = events_of(contract.subject).latest("pk").event
    assert event == "closeout.minimum.released"

    # And the contract is closed out, and the statement names the amount
    statement = closed_contract(contract)
    assert statement.figures["given_up"] == "990.08"
    assert statement.deobligated_dollars == Dollars("1000.00").amount
    contract.refresh_from_db()
    assert contract.state == ContractState.CLOSED
    papers = Document.objects.filter(kind="completion_statement", number=contract.piid)
    assert "Guaranteed minimum is given up" in str(papers.get().context)
    assert broken_invariants() == {}


@pytest.mark.rule("R-CLO-04", case="refused")
def test_a_minimum_may_be_reached_as_long_as_orders_may_be_placed(contract):
    # Given the last days of the ordering period, then one more order
    with nothing_happens(), pytest.raises(NotReleasable) as refusal:
        release(contract, at=CLOSED_AT)
    assert "Orders may be placed until 31 Mar 2027" in refusal.value.message

    draft = drafted_order(on=contract, title="Second pilot")
    with nothing_happens(), pytest.raises(NotReleasable) as refusal:
        release(contract)
    assert f"Order {draft.title} is draft" in refusal.value.message


def test_a_release_is_of_the_amount_that_was_shown_and_says_why(contract):
    with nothing_happens(), pytest.raises(ReleaseOutdated):
        release(contract, given_up=Dollars("1000.00"))
    with nothing_happens(), pytest.raises(StatementMissing):
        release(contract, statement="")


def test_after_close_out_nothing_is_released(contract):
    release(contract)
    closed_contract(contract)

    with nothing_happens(), pytest.raises(AlreadyClosedOut):
        release(contract)


@pytest.mark.parametrize(
    "part", ["contracting_officer", "vendor_b_signer", "other_agency_officer"]
)
def test_only_the_vendors_signer_gives_its_minimum_up(contract, part):
    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        release(contract, by=actor(part))

    assert refusal.value.rule == "R-CLO-03"


def test_a_vendor_gives_its_minimum_up_on_the_page(
    contract, told_the_time, vendor_a_signer, contracting_officer
):
    # Given a signer who finds the contract among those to release
    told_the_time(CONTRACT_ENDED_AT)
    address = reverse("closeout:release_minimum", args=[contract.public_id])
    browser = client_for(vendor_a_signer)
    assert address in browser.get(reverse("closeout:close_outs")).content.decode()
    assert "gives up <strong>$990.08</strong>" in browser.get(address).content.decode()

    # When the form is signed
    data = {"given_up": "990.08", "statement": WORDS, "confirm": "on"}
    assert submit(browser, address, data).status_code == 303
    assert ClaimsRelease.objects.get(contract=contract).statement == WORDS

    # Then the officer reads it and closes the file
    close_page = reverse("closeout:close_out_contract", args=[contract.public_id])
    officer = client_for(contracting_officer)
    text = officer.get(close_page).content.decode()
    assert "the vendor gave up $990.08 of the guaranteed minimum" in text
    assert submit(officer, close_page, {"confirm": "on"}).status_code == 303


@pytest.mark.parametrize("part", ["other_vendor_signer", "vendor_b_signer"])
def test_for_an_outsider_there_is_nothing_to_release(contract, told_the_time, part):
    address = reverse("closeout:release_minimum", args=[contract.public_id])
    browser = client_for(actor(part))

    with nothing_happens():
        assert browser.get(address).status_code == 404
        assert browser.post(address, {"form_token": "x"}).status_code == 404

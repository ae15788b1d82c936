"""What a letter allows ends when the contracting officer takes it back."""

import pytest

from contracting.contracts.operations.revoke_ordering_officer import (
    revoke_ordering_officer,
)
from contracting.contracts.refusals import AlreadyRevoked, AppointmentInvalid
from contracting.core.errors import NotAllowed
from tests.builders_orders import ISSUED_AT, certified_order
from tests.cast import actor, client_for, nothing_happens, submit
from tests.contracts.test_appoint_ordering_officer import appointed, orderer, signed

pytestmark = pytest.mark.django_db


def revoked(letter, by="contracting_officer", reason="They left the office."):
    return revoke_ordering_officer(
        appointment_id=letter.pk, reason=reason, by=actor(by), at=ISSUED_AT
    )


@pytest.mark.rule("R-ROL-01", case="refused")
def test_nothing_is_signed_under_a_letter_that_was_taken_back(monkeypatch):
    # Given an order, and a letter that another officer revokes on its page
    monkeypatch.setattr("contracting.core.clock.now", lambda: ISSUED_AT)
    order, who = certified_order(), orderer()
    letter = appointed(order.contract, who)
    browser = client_for(actor("second_contracting_officer"))
    guide = f"{order.contract.path}/ordering_guide"
    assert "In force" in browser.get(guide).content.decode()
    address = f"{guide}/{letter.public_id}/revoke_ordering_officer"
    assert submit(browser, address, {"reason": "They left."}).status_code == 303

    # When they sign
    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        signed(order, who)

    # Then it is refused, and the guide says so
    assert refusal.value.rule == "R-ROL-01"
    assert "The appointment was revoked." in browser.get(guide).content.decode()
    assert appointed(order.contract, who).pk > letter.pk


def test_it_is_revoked_once_and_with_a_reason():
    letter = appointed(certified_order().contract, orderer())
    with nothing_happens(), pytest.raises(AppointmentInvalid):
        revoked(letter, reason=" ")
    revoked(letter)

    with nothing_happens(), pytest.raises(AlreadyRevoked):
        revoked(letter)


@pytest.mark.rule("R-ROL-01", case="refused")
@pytest.mark.parametrize("by", ["contract_specialist", "other_agency_officer"])
def test_only_an_officer_of_the_agency_revokes(by):
    letter = appointed(certified_order().contract, orderer())

    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        revoked(letter, by=by)
    assert refusal.value.rule == "R-ROL-01"


def test_a_letter_of_another_contract_is_not_found_here():
    order = certified_order()
    letter = appointed(order.contract, orderer())
    outsider = client_for(actor("other_agency_officer"))
    guide = f"{order.contract.path}/ordering_guide"

    address = f"{guide}/{letter.public_id}/revoke_ordering_officer"
    assert outsider.get(address).status_code == 404
    officer = client_for(actor("contracting_officer"))
    assert officer.get(
        address.replace(letter.public_id, "ofc_nothing")
    ).status_code in (404,)

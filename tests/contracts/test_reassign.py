"""The contracts of an officer who leaves go over to another one."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from accounts.operations.revoke_membership import revoke_membership
from accounts.operations.revoke_warrant import revoke_warrant
from contracting.audit.queries import events_of
from contracting.contracts.models import OfficerAssignment
from contracting.contracts.operations.reassign import reassign_contracts
from contracting.contracts.queries.administration import tasks_of
from contracting.contracts.queries.officers import officer_of, officers_of
from contracting.contracts.refusals import ReassignmentInvalid
from contracting.core import clock
from contracting.core.errors import NotAllowed
from contracting.notices.models import Notice
from tests.builders_orders import AWARDED_AT, ISSUED_AT, awarded_contract
from tests.cast import actor, client_for, membership, nothing_happens, submit

pytestmark = pytest.mark.django_db

LEAVES = "She leaves for another agency on Friday."


@pytest.fixture
def contract():
    return awarded_contract()


def own(who):
    return actor(who).own_membership_id


def handing_over(who):
    """The address at which the contracts of somebody are handed over."""
    return f"/officers/{membership(actor(who)).public_id}/reassign_contracts"


def with_whom(contract):
    found = officer_of(contract)
    assert found is not None
    return found.pk


def handed_over(contract, *, to="second_contracting_officer", by=None, **given):
    return reassign_contracts(
        **{
            "former_id": own("contracting_officer"),
            "officer_id": own(to),
            "contract_ids": [contract.pk],
            "reason": LEAVES,
            **given,
        },
        by=by or actor("contracting_officer"),
        at=ISSUED_AT,
    )


def test_a_contract_is_with_who_signed_it_until_it_is_handed_over(contract):
    # Given a contract with the officer who awarded it
    assert with_whom(contract) == own("contracting_officer")
    signer = contract.signed_by_id

    # When it goes over to a colleague
    (row,) = handed_over(contract)

    # Then it is with the colleague, and what was signed keeps its signer
    assert with_whom(contract) == own("second_contracting_officer")
    contract.refresh_from_db()
    assert contract.signed_by_id == signer
    said = [each.event for each in events_of(contract.subject)]
    assert "contracts.contract.reassigned" in said

    # And the vendor and the colleague are told; the officer has done it herself
    told = Notice.objects.filter(title__endswith=f"officer of {contract.name}")
    people = {each.recipient_user_id for each in told}
    both = {
        actor(who).user_id for who in ("second_contracting_officer", "vendor_a_signer")
    }
    assert both <= people

    # And nobody rewrites it
    with pytest.raises(DatabaseError), transaction.atomic():
        OfficerAssignment.objects.filter(pk=row.pk).update(reason="Another.")


def test_it_goes_over_once_and_back(contract):
    handed_over(contract)

    # The same request again finds it with somebody else
    with nothing_happens(), pytest.raises(ReassignmentInvalid) as refusal:
        handed_over(contract)
    assert refusal.value.data["pointer"] == "/contracts"

    # And it may come back
    back = {
        "former_id": own("second_contracting_officer"),
        "to": "contracting_officer",
    }
    handed_over(contract, **back)
    assert with_whom(contract) == own("contracting_officer")
    assert contract.assignments.count() == 2


@pytest.mark.parametrize(
    "given",
    [
        {"reason": " "},
        {"contract_ids": []},
        {"contract_ids": [2**40]},
        {"to": "contracting_officer"},
        {"to": "contract_specialist"},
        {"to": "other_agency_officer"},
    ],
    ids=["no reason", "nothing", "unknown", "itself", "no officer", "another agency"],
)
def test_what_cannot_be_handed_over_is_refused(contract, given):
    with nothing_happens(), pytest.raises(ReassignmentInvalid):
        handed_over(contract, **given)


@pytest.mark.rule("R-ROL-01", case="refused")
def test_nobody_without_a_warrant_in_force_takes_a_contract_over(contract):
    # Given a colleague whose warrant was taken back
    for warrant in membership(actor("second_contracting_officer")).warrants.all():
        revoke_warrant(
            warrant_id=warrant.pk,
            reason="Certification lapsed.",
            by=actor("administrator"),
            at=AWARDED_AT,
        )

    with nothing_happens(), pytest.raises(ReassignmentInvalid) as refusal:
        handed_over(contract)
    assert refusal.value.rule == "R-ROL-01"


@pytest.mark.parametrize(
    "who", ["cor", "program_manager", "other_agency_officer", "vendor_a_signer"]
)
def test_others_hand_nothing_over(contract, who):
    with nothing_happens(), pytest.raises(NotAllowed):
        handed_over(contract, by=actor(who))


def test_an_officer_who_has_left_is_on_the_list_until_all_is_handed_over(
    contract, monkeypatch
):
    # Given an officer whose role has ended
    monkeypatch.setattr(clock, "now", lambda: ISSUED_AT)
    agency = contract.agency_id
    on = ISSUED_AT.date()
    (before,) = officers_of(agency, on)
    assert (before.contracts, before.gap) == (1, "")
    revoke_membership(
        membership_id=own("contracting_officer"),
        reason="Left.",
        by=actor("administrator"),
        at=ISSUED_AT,
    )
    (after,) = officers_of(agency, on)
    assert after.gap == "no longer holds this role"
    colleague = actor("second_contracting_officer")
    told = [each.what for each in tasks_of(contract, colleague, ISSUED_AT)]
    assert any("hand the contract over" in each for each in told)

    # When the administrator of the agency, who reads the list, hands it over
    browser = client_for(actor("administrator"))
    assert "can sign nothing any more" in browser.get("/officers/").text
    address = handing_over("contracting_officer")
    done = submit(
        browser,
        address,
        {
            "contracts": [contract.public_id],
            "officer": membership(actor("second_contracting_officer")).public_id,
            "reason": "She has left.",
        },
    )
    assert done.status_code == 303, done.text

    # Then nobody is missing, and the page of the contract says who has it
    assert "holds a warrant" in browser.get("/officers/").text
    page = client_for(colleague).get(contract.path).text
    assert f"{colleague.name} took over from" in page
    assert client_for(actor("vendor_a_signer")).get(contract.path).status_code == 200
    assert (
        "She has left"
        not in client_for(actor("vendor_a_signer")).get(contract.path).text
    )

    # And the address of somebody without contracts is nobody's
    assert browser.get(address).status_code == 404


def test_a_warrant_that_ends_soon_is_a_task(contract):
    officer = actor("contracting_officer")
    last = max(
        each.valid_to
        for each in membership(actor("contracting_officer")).warrants.all()
    )
    late = ISSUED_AT.replace(year=last.year, month=last.month, day=last.day)
    found = [
        each
        for each in tasks_of(contract, officer, late - timedelta(days=30))
        if each.group == "Officer"
    ]
    assert [each.due_on for each in found] == [last]


def test_outsiders_find_no_list(contract):
    address = handing_over("contracting_officer")
    vendor, stranger = actor("vendor_a_signer"), actor("other_agency_officer")
    assert client_for(vendor).get("/officers/").status_code == 404
    assert (
        actor("contracting_officer").name
        not in client_for(stranger).get("/officers/").text
    )
    for who in ("vendor_a_signer", "other_agency_officer"):
        with nothing_happens():
            assert client_for(actor(who)).get(address).status_code == 404
    assert client_for(actor("cor")).get(address).status_code == 403

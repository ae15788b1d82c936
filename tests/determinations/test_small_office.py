"""In a small office the activity's head lets one person take two parts of three."""

import pytest

from accounts.states import Role
from contracting.approvals.models import Override
from contracting.contracts.operations.award import award_contract
from contracting.core.errors import NotAllowed
from contracting.core.quantities import Dollars
from contracting.desk.invariants import INVARIANTS
from contracting.determinations.operations.make import make_determination
from contracting.determinations.refusals import DeterminationIncomplete
from contracting.modifications.operations.issue import issue_contract_modification
from contracting.orders.operations.issue import issue_task_order
from tests.builders_modifications import (
    drafted_contract_modification,
    signed_by_vendor,
)
from tests.builders_orders import (
    AWARDED_AT,
    ISSUED_AT,
    MODIFIED_AT,
    certified_contract,
    certified_order,
)
from tests.cast import actor, client_for, nothing_happens
from tests.contracts.seats import also_as

pytestmark = pytest.mark.django_db

WARRANT = "10000000.00"


def waived(thing, agency_id, at, document="f" * 64):
    return make_determination(
        kind="SMALL_OFFICE",
        subject=thing.subject,
        agency_id=agency_id,
        title=str(thing),
        path=thing.path,
        value=Dollars(),
        text="Two officers for the whole office; reviewed each quarter.",
        document_sha256=document,
        by=actor("second_contracting_officer"),
        at=at,
    )


def signed(order, by):
    return issue_task_order(
        order_id=order.pk, by=by, at=ISSUED_AT, seen_version=order.version
    )


@pytest.mark.rule("R-ROL-03", case="allowed")
@pytest.mark.rule("R-ROL-03", case="refused")
def test_the_certifier_signs_an_order_under_the_waiver_and_it_is_shown():
    # Given a funds certifier who is the only contracting officer of a small office
    order = certified_order()
    both = also_as("funds_certifier", Role.CONTRACTING_OFFICER, warrant=WARRANT)

    # When they sign what they certified
    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        signed(order, both)
    assert refusal.value.rule == "R-ROL-03"
    page = client_for(both).get(order.path).content.decode()
    assert f"{order.public_id}/small-office" in page

    # Then the waiver of the head of the activity lets them, with a record of it
    waived(order, order.contract.agency_id, ISSUED_AT)
    issued = signed(order, both)
    override = Override.objects.get(rule="R-ROL-03")
    assert override.words.startswith("Two officers")
    assert override.document_sha256 == "f" * 64

    # And the order, the duties of the case and the nightly check say so
    officer = client_for(actor("contracting_officer"))
    assert "R-ROL-03" in officer.get(issued.path).content.decode()
    duties = officer.get(f"{order.contract.path}/duties").content.decode()
    assert "Waived for" in duties
    assert [each for check in INVARIANTS for each in check.exceptions()] == []


@pytest.mark.rule("R-ROL-03", case="refused")
def test_no_waiver_lets_one_person_do_all_three():
    # Given an order that one person has certified and had a hand in writing
    order = certified_order()
    both = also_as("funds_certifier", Role.CONTRACTING_OFFICER, warrant=WARRANT)
    order.editor_user_ids = [*order.editor_user_ids, both.user_id]
    order.save(update_fields=["editor_user_ids"])
    waived(order, order.contract.agency_id, ISSUED_AT)

    # When they would sign it as well
    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        signed(order, both)
    assert refusal.value.rule == "R-ROL-03"


def test_the_waiver_holds_for_the_action_on_which_it_is_made():
    # Given a draft award whose certifier is a contracting officer too
    contract = certified_contract()
    both = also_as("funds_certifier", Role.CONTRACTING_OFFICER, warrant=WARRANT)

    def award():
        return award_contract(
            contract_id=contract.pk,
            by=both,
            at=AWARDED_AT,
            seen_version=contract.version,
        )

    with nothing_happens(), pytest.raises(NotAllowed):
        award()

    # Then a waiver on the award carries the award
    waived(contract, contract.agency_id, AWARDED_AT)
    assert award().piid


def test_who_drafts_a_modification_signs_it_under_the_waiver():
    modification = drafted_contract_modification(by="contracting_officer")
    signed_by_vendor(modification)

    def issue():
        return issue_contract_modification(
            modification_id=modification.pk,
            by=actor("contracting_officer"),
            at=MODIFIED_AT,
            seen_version=modification.version,
        )

    with nothing_happens(), pytest.raises(NotAllowed):
        issue()
    waived(modification, modification.contract.agency_id, MODIFIED_AT)
    assert issue().number == "P00001"


def test_a_waiver_names_the_document_that_grants_it():
    order = certified_order()
    with nothing_happens(), pytest.raises(DeterminationIncomplete):
        waived(order, order.contract.agency_id, ISSUED_AT, document="")

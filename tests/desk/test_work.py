"""Each stage puts its verb on the desk of whoever does it, with why it is not open."""

from datetime import datetime, timedelta

import pytest

from contracting.contracts.operations.certify import certify_contract_funds
from contracting.contracts.operations.discard import discard_contract
from contracting.desk.permissions import work_of
from contracting.solicitations.operations.release import release_solicitation
from tests.builders import (
    DEADLINE,
    RELEASED_AT,
    complete_solicitation,
    drafted_requisition,
    estimated_requisition,
    reviewed_solicitation,
    submitted_requisition,
)
from tests.builders_orders import (
    MODIFIED_AT,
    ORDERED_AT,
    awarded_contract,
    certified,
    concurred,
    drafted_contract,
    drafted_modification,
    drafted_order,
    funded_modification,
    issued_order,
    submitted_order,
)
from tests.builders_settlement import (
    ACCEPTED_AT,
    CERTIFIED_AT,
    CLOSED_AT,
    ENDED_AT,
    INVOICED_AT,
    USED,
    accepted_invoice,
    certified_payment,
    completed_order,
    paid_invoice,
    received_invoice,
    reported,
    resolved,
    used_order,
)
from tests.cast import AT, actor
from tests.offers import (
    agreed_offers,
    analysed_prices,
    decided_solicitation,
    declared_panel,
    locked_ratings,
    opened_offers,
    rated_offers,
    rehearsed_box,
    submitted_offers,
)

pytestmark = pytest.mark.django_db

OFFICER, SPECIALIST = "contracting_officer", "contract_specialist"
PROGRAM, AUTHORITY = "program_manager", "source_selection_authority"
LATER = DEADLINE + timedelta(days=1)
MORE = {**USED, "OUT_TEXT": USED["OUT_TEXT"] + 1_000_000}
"""A million tokens that nobody has metered or reported."""


def work(part: str, at: datetime) -> dict[str, str]:
    """What is asked of a part at an instant, and why it is not open yet."""
    by = actor(part)
    items = work_of(by, at, at.date())
    assert all(item.url.startswith("/") for item in items)
    return {item.asked: item.why_not for item in items}


def test_from_the_need_to_the_release():
    # A need is written down, sized and sent
    drafted_requisition()
    assert work(PROGRAM, AT) == {"Size the need": ""}
    estimated_requisition()
    assert "Send it to the contracting office" in work(PROGRAM, AT)
    submitted_requisition()
    assert work(SPECIALIST, AT) == {"Draft a solicitation": ""}

    # The package is completed, reviewed and released
    complete = complete_solicitation()
    assert work(SPECIALIST, AT)["Send for review"] == ""
    approved = reviewed_solicitation(rehearsed_box(on=complete, at=AT), AT)
    assert work(OFFICER, AT) == {"Release the package": ""}
    assert "Send for review" not in work(SPECIALIST, AT)
    late = work(OFFICER, LATER)["Release the package"]
    assert late == "Missing: A deadline that has not passed."

    # Then every vendor is asked for an offer
    release_solicitation(
        solicitation_id=approved.pk,
        by=actor(OFFICER),
        at=RELEASED_AT,
        seen_version=approved.version,
    )
    assert work(OFFICER, RELEASED_AT) == {}
    for vendor in ("vendor_a_signer", "vendor_b_member", "other_vendor_signer"):
        assert work(vendor, RELEASED_AT) == {"Read and offer": ""}
    assert work("vendor_a_administrator", RELEASED_AT) == {}


def test_from_the_offers_to_the_award():
    # Nobody is asked anything before the deadline, then openers
    sealed = submitted_offers()[0].solicitation
    opening = "Open the offers, with the other openers"
    for part in (OFFICER, SPECIALIST, "evaluator", "vendor_a_signer"):
        assert work(part, DEADLINE) == {}
    assert work(OFFICER, LATER) == work(SPECIALIST, LATER) == {opening: ""}
    opened_offers(on=sealed)
    assert work(SPECIALIST, LATER) == {"Analyse the prices": ""}

    # The panel rates and agrees; then the authority can decide
    declared_panel(on=sealed)
    assert work("evaluator", LATER) == {"Write 2 of 2 ratings": ""}
    owed = {"Select an offer": "The panel still owes 2 ratings."}
    assert work(AUTHORITY, LATER) == owed
    rated_offers(on=sealed)
    assert work("evaluator", LATER) == {"Lock your ratings of 2 offers": ""}
    locked_ratings(on=sealed)
    assert work("evaluator", LATER) == {"Agree on 2 of 2 ratings": ""}
    agreed_offers(on=sealed)
    unpriced = {"Select an offer": "The prices are not analysed yet."}
    assert work(AUTHORITY, LATER) == unpriced
    analysed_prices(on=sealed)
    assert work(AUTHORITY, LATER) == {"Select an offer": ""}
    decision = decided_solicitation(on=sealed)
    assert work(SPECIALIST, LATER) == {"Draft the award": ""}
    assert work(AUTHORITY, LATER) == {}

    # The award is drafted, funded, and ready to sign
    contract = drafted_contract(on=decision)
    unfunded = {"Sign the award": "Its funds are not certified yet."}
    assert work(OFFICER, ORDERED_AT) == unfunded
    certify = {"Certify the guaranteed minimum": ""}
    assert work("funds_certifier", ORDERED_AT) == certify
    certify_contract_funds(
        contract_id=contract.pk,
        by=actor("funds_certifier"),
        at=ORDERED_AT,
        seen_version=contract.version,
    )
    assert work(OFFICER, ORDERED_AT) == {"Sign the award": ""}
    assert work("funds_certifier", ORDERED_AT) == {}
    assert work("other_agency_officer", ORDERED_AT) == {}


def test_a_discarded_draft_award_is_asked_for_again():
    # Given a decision whose draft award is given up
    drafted = drafted_contract()
    assert work(SPECIALIST, LATER) == {}
    discard_contract(contract_id=drafted.pk, by=actor(SPECIALIST), at=LATER)

    # Then the desk asks for it anew
    assert work(SPECIALIST, LATER) == {"Draft the award": ""}


def test_from_the_order_to_its_modification():
    drafted = drafted_order(on=awarded_contract())
    assert work(PROGRAM, ORDERED_AT) == {"Send the order for review": ""}
    submitted = submitted_order(order=drafted)
    assert work(PROGRAM, ORDERED_AT) == {}
    assert work("funds_certifier", ORDERED_AT) == {"Certify funds": ""}
    approved = concurred(submitted)
    unfunded = "No funds certifier has certified this version."
    assert work(OFFICER, ORDERED_AT) == {"Sign the order": unfunded}
    certified(approved)
    assert work(OFFICER, ORDERED_AT) == {"Sign the order": ""}
    assert work("funds_certifier", ORDERED_AT) == {}

    order = issued_order(on=approved.contract)
    drafted_modification(on=order)
    assert work("funds_certifier", MODIFIED_AT) == {"Certify the added funds": ""}
    wait = work(OFFICER, MODIFIED_AT)["Sign the modification"]
    assert wait == "The funds it adds are not certified yet."
    assert work("other_agency_officer", MODIFIED_AT) == {}


def test_a_funded_modification_can_be_signed():
    funded_modification()

    assert work(OFFICER, MODIFIED_AT) == {"Sign the modification": ""}


def test_from_the_invoice_to_the_close_out():
    # Given usage that both sides have counted, and an invoice for a million more
    order = used_order()
    reported(order)
    invoice = received_invoice(order=order, billed=MORE)
    assert work("cor", INVOICED_AT) == {"Accept or return the invoice": ""}

    # Then the discrepancy is for whom its size asks, and what agrees can be paid
    accepted_invoice(invoice=invoice)
    reason = work("cor", ACCEPTED_AT)["Settle the discrepancy"]
    assert reason.startswith("Only a contracting officer")
    assert work(OFFICER, ACCEPTED_AT) == {"Settle the discrepancy": ""}
    resolved(order)
    assert work(OFFICER, ACCEPTED_AT) == work("cor", ACCEPTED_AT) == {}
    assert work("payment_certifier", CERTIFIED_AT) == {"Certify the payment": ""}
    certification = certified_payment(invoice=invoice)
    assert work("payment_certifier", CERTIFIED_AT) == {"Record the payment": ""}
    paid_invoice(certification=certification)
    assert work("payment_certifier", CERTIFIED_AT) == {}

    # When the period has ended
    assert work("cor", ENDED_AT) == {"Say that it is complete": ""}
    completed_order(order=order)
    assert work(OFFICER, CLOSED_AT) == {"Close out the order": ""}
    assert work("other_agency_officer", CLOSED_AT) == {}
    assert work("auditor", CLOSED_AT) == {}


def test_a_representative_is_asked_only_about_contracts_that_name_them():
    received_invoice()
    by, before = actor("cor"), INVOICED_AT - timedelta(days=400)

    assert work_of(by, INVOICED_AT, before.date()) == []

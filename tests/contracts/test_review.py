"""Reviewing the vendor's terms before the award."""

import pytest
from django.db import DatabaseError, transaction

from contracting.contracts.invariants import INVARIANTS
from contracting.contracts.models import VendorTerm
from contracting.contracts.operations.award import award_contract
from contracting.contracts.operations.certify import certify_contract_funds
from contracting.contracts.operations.review import review_vendor_term
from contracting.contracts.refusals import TermIncomplete, TermUnenforceable
from contracting.core.errors import NotAllowed
from contracting.documents.models import Document
from tests.builders_orders import AWARDED_AT, drafted_contract, registrations
from tests.cast import actor, client_for, days, nothing_happens, submit
from tests.contracts.results import read

INDEMNITY = "Customer shall indemnify Vendor against all claims without limit."
KINDS = [
    "UNCAPPED_INDEMNITY",
    "AUTOMATIC_RENEWAL",
    "UNILATERAL_CHANGE",
    "CLICK_THROUGH",
]


def reviewed(contract, *, kind="", by="contract_specialist", **terms):
    return review_vendor_term(
        contract_id=contract.pk,
        **{"passage": INDEMNITY, "is_accepted": False, **terms},
        kind=kind,
        by=actor(by),
        at=AWARDED_AT - days(1),
    )


@pytest.mark.rule("R-AWD-10", case="allowed")
def test_what_is_struck_is_printed_as_unenforceable(decision):
    # Given a draft, of which one passage is struck and another one taken in
    contract = drafted_contract(on=decision)
    reviewed(contract, kind="UNCAPPED_INDEMNITY")
    reviewed(contract, passage="Support by telephone.", is_accepted=True)
    contract.refresh_from_db()
    assert contract.version == 3

    # When it is certified and signed
    registrations()
    certify_contract_funds(
        contract_id=contract.pk,
        by=actor("funds_certifier"),
        at=AWARDED_AT,
        seen_version=3,
    )
    signed = award_contract(
        contract_id=contract.pk,
        by=actor("contracting_officer"),
        at=AWARDED_AT,
        seen_version=3,
    )

    # Then the paper lists every kind that binds nobody, and the passage with its kind
    paper = Document.objects.get(kind="contract")
    struck = paper.context["struck_terms"]
    assert len(struck) == 4
    assert struck[0]["passage"] == INDEMNITY
    assert struck[0]["citation"] == "FAR 52.232-39, 52.212-4(u)"
    assert struck[1]["passage"] == "any such term, wherever it stands"
    assert paper.context["vendor_terms"] == [{"passage": "Support by telephone."}]
    assert [each for check in INVARIANTS for each in check.exceptions()] == []
    with pytest.raises(DatabaseError), transaction.atomic():
        VendorTerm.objects.filter(contract=signed).update(struck_as=None)


@pytest.mark.rule("R-AWD-10", case="refused")
@pytest.mark.parametrize("kind", KINDS)
def test_nobody_takes_in_what_never_binds(decision, kind):
    contract = drafted_contract(on=decision)

    with nothing_happens(), pytest.raises(TermUnenforceable) as refusal:
        reviewed(contract, kind=kind, is_accepted=True, by="contracting_officer")

    assert refusal.value.rule == "R-AWD-10"


def test_a_term_has_words_and_a_known_kind_in_time(decision):
    contract = drafted_contract(on=decision)
    for wrong in (
        {"passage": " ", "kind": "CLICK_THROUGH"},
        {"kind": "ELSE"},
        {"kind": ""},
    ):
        with nothing_happens(), pytest.raises(TermIncomplete):
            reviewed(contract, **wrong)

    certify_contract_funds(
        contract_id=contract.pk,
        by=actor("funds_certifier"),
        at=AWARDED_AT,
        seen_version=1,
    )
    with nothing_happens(), pytest.raises(TermIncomplete):
        reviewed(contract, kind="CLICK_THROUGH")


def test_nobody_else_reviews_them(decision):
    contract = drafted_contract(on=decision)

    for part in ("program_manager", "other_agency_officer", "vendor_a_signer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            reviewed(contract, kind="CLICK_THROUGH", by=part)


@pytest.mark.usefixtures("now")
def test_a_term_is_struck_on_its_page(decision, contract_specialist):
    contract = drafted_contract(on=decision)
    browser, address = client_for(contract_specialist), contract.path
    words = {"passage": INDEMNITY, "kind": "UNCAPPED_INDEMNITY", "decision": "accept"}

    page = submit(browser, f"{address}/review_vendor_term", words)
    assert "R-AWD-10" in read(page)
    reply = submit(
        browser, f"{address}/review_vendor_term", words | {"decision": "strike"}
    )

    assert reply.url == address
    assert INDEMNITY in read(browser.get(address))

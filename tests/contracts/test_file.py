"""The index of a contract's file: each paper where it is, or why it is not (4.803)."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse

from contracting.contracts.models import ContractOption, FileItem
from contracting.contracts.queries.file import index_of
from contracting.core import clock
from contracting.core.quantities import Dollars, Tokens
from contracting.documents.models import Document
from contracting.documents.operations.request import request_document
from contracting.documents.queries import documents_of_stream
from contracting.documents.states import DocumentKind
from contracting.solicitations.publishing.options import OptionDraft
from contracting.solicitations.states import OptionKind
from tests.builders_instruments import agreement, drafted_agreement
from tests.builders_orders import AWARDED_AT, awarded_contract, issued_modification
from tests.builders_settlement import PAID_AT, paid_invoice
from tests.cast import actor, client_for

pytestmark = pytest.mark.django_db

NOW = PAID_AT + timedelta(days=1)


def entries(contract, by="contracting_officer", at=NOW):
    return {
        entry.item.code if entry.item else "OTHER": entry
        for _, found in index_of(contract, actor(by), at)
        for entry in found
    }


def paths(contract):
    return {each.path for entry in entries(contract).values() for each in entry.filed}


@pytest.fixture
def told_the_time(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def test_every_paper_of_the_case_is_on_the_index():
    # Given a contract with an order, a modification, invoices and payments
    payment = paid_invoice()
    order = payment.certification.invoice.order
    contract = order.contract
    issued_modification(on=order)

    # Then whatever was printed for the case stands on it, each at its place
    papers = documents_of_stream(contract.stream) | documents_of_stream(
        contract.solicitation.stream
    )
    readable = papers.visible_to(actor("contracting_officer"))
    assert readable.count() >= 5
    assert {f"/documents/{each.public_id}" for each in readable} <= paths(contract)

    # And what the later stages recorded
    found = entries(contract)
    for code in ("ORDERS", "MODIFICATIONS", "REPORTS", "INVOICES", "PAYMENTS"):
        assert found[code].state == "THERE", code


@pytest.mark.parametrize("kind", DocumentKind.values)
def test_a_paper_of_any_kind_has_its_place(kind):
    # Given a paper of this kind in the stream of the contract
    contract = awarded_contract()
    request_document(
        kind=kind,
        subject=contract.subject,
        title=f"A {kind}",
        number="1",
        agency_id=contract.agency_id,
        vendor_id=contract.vendor_id,
        context={},
        content_sha256="0" * 64,
        version=1,
        by=actor("contracting_officer"),
        at=AWARDED_AT,
    )
    paper = Document.objects.get(title=f"A {kind}")

    # Then whoever may read it finds it on the index
    may_read = paper in Document.objects.visible_to(actor("contracting_officer"))
    assert (f"/documents/{paper.public_id}" in paths(contract)) == may_read


def test_what_is_required_and_not_there_is_missing():
    # Given a contract of $400,000 whose award is not reported
    found = entries(awarded_contract())

    assert found["ACTION_REPORT"].state == "MISSING"
    assert found["MARKET"].state == "MISSING"
    assert found["REPRESENTATIVE"].state == "THERE"
    assert found["CLOSE_OUT"].state == "EXPLAINED"
    assert found["PROTESTS"].state == "NONE"


def test_why_something_is_not_there_is_said():
    found = entries(agreement())

    assert found["FUNDS"].reasons == ["Not needed: an agreement binds no funds."]
    assert found["JUSTIFICATION"].reasons == ["Not needed: full and open competition."]
    assert found["AGREEMENT_REVIEW"].state == "NONE"
    assert "AGREEMENT_REVIEW" not in entries(awarded_contract())


def test_below_its_threshold_an_item_is_not_required():
    contract = awarded_contract()
    contract.ceiling_dollars = 9_000

    found = entries(contract)

    assert found["MARKET"].state == "EXPLAINED"
    assert found["MARKET"].reasons[0].startswith("Not required: its value")


def test_its_value_is_that_with_every_option_exercised():
    contract = awarded_contract()
    contract.ceiling_dollars = 9_000
    option = OptionDraft(
        number=1,
        kind=OptionKind.QUANTITY,
        opens_days=30,
        dollars=Dollars("900000.00"),
        tokens=Tokens(1),
    )
    ContractOption.state(contract, [option], source="award")

    assert entries(contract)["MARKET"].reasons == []


def test_before_the_award_nothing_of_it_is_missing():
    found = entries(drafted_agreement())

    assert found["CONTRACT"].state == "EXPLAINED"
    assert found["CONTRACT"].reasons == ["Not yet: the award is not signed."]


def test_the_items_are_those_in_force_on_the_day_of_the_award():
    FileItem.objects.filter(code="SYNOPSIS").update(valid_to=date(2026, 3, 29))

    assert "SYNOPSIS" not in entries(awarded_contract())


def test_the_page_says_what_is_missing(told_the_time):
    contract = awarded_contract()
    url = reverse("contracts:file", args=[contract.public_id])

    page = client_for(actor("auditor")).get(url).content.decode()

    assert "are missing: " in page
    assert "contract action report" in page
    for outsider in ("vendor_a_signer", "other_agency_officer", "vendor_b_signer"):
        assert client_for(actor(outsider)).get(url).status_code == 404


def test_without_items_in_force_the_page_says_so(told_the_time):
    contract = awarded_contract()
    FileItem.objects.update(valid_to=date(2020, 1, 2))

    page = client_for(actor("auditor")).get(f"{contract.path}/file").content.decode()

    assert "Nothing that is required by now is missing" in page


@pytest.mark.parametrize(
    "role",
    ["contracting_officer", "cor", "program_manager", "payment_certifier", "auditor"],
)
def test_no_link_of_the_page_leads_nowhere(role, told_the_time):
    # Given the file of a contract from the need to a payment
    contract = paid_invoice().certification.invoice.order.contract
    reader = client_for(actor(role))
    page = reader.get(f"{contract.path}/file").content.decode()

    # Then whoever reads it finds what it links to, and is told what it does not link to
    main = page[page.index("<main") :]
    links = set(re.findall(r'href="(/[^"#?]+)', main))
    assert contract.path in links
    answers = {link: reader.get(link).status_code for link in links}
    assert [link for link, code in answers.items() if code not in {200, 403}] == []
    offers = f"{contract.solicitation.path}/offers"
    assert "Offers and their ratings" in main
    assert (offers in links) is (role in {"contracting_officer", "auditor"})

"""The page of the award: what is in place, what is missing, and a preview."""

import pytest
from django.urls import reverse

from contracting.contracts.models import Contract
from contracting.contracts.operations.award import award_contract
from contracting.contracts.refusals import IndefiniteQuantityIncomplete
from contracting.documents.models import Document
from tests.builders_orders import AWARDED_AT, certified_contract, drafted_contract
from tests.cast import actor, client_for, days, nothing_happens, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def at_the_award(monkeypatch):
    monkeypatch.setattr("contracting.core.clock.now", lambda: AWARDED_AT)


def page_of(contract, part="contracting_officer"):
    address = reverse("contracts:award_contract", args=[contract.public_id])
    reply = client_for(actor(part)).get(address)
    return reply, reply.content.decode()


def answer_of(page):
    return page.split("data-answer")[1].split("</p>")[0]


@pytest.mark.usefixtures("at_the_award")
def test_everything_in_place_is_said_and_signed_without_javascript():
    # Given a draft with certified funds and a vendor that was checked
    contract = certified_contract()

    # When the officer opens the page
    reply, page = page_of(contract)

    # Then it says that everything is there, what is told after, and takes the signature
    assert reply.status_code == 200
    assert "Everything is in place." in answer_of(page)
    assert ">Missing<" not in page
    assert "1 unsuccessful offeror is told within three days" in page
    address = reverse("contracts:award_contract", args=[contract.public_id])
    form = {"seen_version": contract.version, "confirm": "on"}
    signed = submit(client_for(actor("contracting_officer")), address, form)
    assert signed.status_code == 303


@pytest.mark.usefixtures("at_the_award")
def test_what_is_missing_explains_itself_and_leads_there():
    # Given a draft without certified funds and without any extract of registrations
    contract = drafted_contract()

    page = page_of(contract)[1]

    assert "Not yet: 3 things are missing" in answer_of(page)
    certify = reverse("contracts:certify_contract_funds", args=[contract.public_id])
    assert f'href="{certify}"' in page
    assert reverse("evaluations:registrations") in page
    assert ">R-AWD-01</span>)" in page
    assert ">R-EVL-08</span>)" in page
    assert ">R-SUB-06</span>)" in page


@pytest.mark.usefixtures("at_the_award")
def test_the_page_says_what_the_signature_would_be_refused_with():
    # Given a draft without a maximum in tokens
    contract = certified_contract()
    Contract.objects.filter(pk=contract.pk).update(ceiling_tokens=0)

    with nothing_happens(), pytest.raises(IndefiniteQuantityIncomplete) as refusal:
        award_contract(
            contract_id=contract.pk,
            by=actor("contracting_officer"),
            at=AWARDED_AT,
            seen_version=contract.version,
        )

    page = page_of(contract)[1]
    assert "Not yet: 1 thing is missing" in answer_of(page)
    assert refusal.value.message in page


def test_an_offer_that_has_expired_is_not_called_open(monkeypatch):
    contract = certified_contract()
    months_later = AWARDED_AT + days(90)
    monkeypatch.setattr("contracting.core.clock.now", lambda: months_later)

    page = page_of(contract)[1]

    assert "has expired" in page
    assert "The offer may be accepted until" not in page


@pytest.mark.usefixtures("at_the_award")
def test_the_preview_says_that_it_is_not_signed_and_is_kept_nowhere():
    contract = certified_contract()
    papers = Document.objects.count()
    address = reverse("contracts:preview_contract", args=[contract.public_id])

    reply = client_for(actor("contracting_officer")).get(address)

    assert reply.status_code == 200
    assert reply.content.startswith(b"%PDF")
    assert Document.objects.count() == papers
    for outsider in ("vendor_a_signer", "other_agency_officer"):
        assert client_for(actor(outsider)).get(address).status_code == 404


@pytest.mark.usefixtures("at_the_award")
def test_nobody_without_a_warrant_gets_to_the_signature():
    contract = certified_contract()

    assert page_of(contract, "contract_specialist")[0].status_code == 403
    assert page_of(contract, "vendor_a_signer")[0].status_code == 404

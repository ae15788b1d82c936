"""A number leads to its page; words find what the reader may see, and nothing else."""

import pytest
from django.test import Client

from contracting.desk.queries import LIMIT
from contracting.desk.queries import search as searching
from contracting.desk.queries.search import found
from contracting.payments.models import PaymentCertification
from tests.builders import drafted_requisition, released_solicitation
from tests.builders_orders import awarded_contract, drafted_order
from tests.builders_settlement import certified_payment, received_invoice
from tests.cast import actor, client_for
from tests.desk.conftest import OUTSIDERS
from tests.offers import submitted_offers

pytestmark = pytest.mark.django_db


def search(part, text):
    browser = client_for(actor(part)) if part else Client()
    return browser.get("/search", {"q": text})


def test_a_number_leads_to_its_page_as_people_type_it():
    certification = certified_payment()
    invoice = certification.invoice
    order, contract = invoice.order, invoice.order.contract
    piid = str(order.piid)
    spaced = f"{piid[:6]}-{piid[6:8]} {piid[8:]}".lower()

    for typed, page in (
        (order.piid, f"/orders/{order.public_id}"),
        (spaced, f"/orders/{order.public_id}"),
        (order.public_id, f"/orders/{order.public_id}"),
        (contract.piid, f"/contracts/{contract.public_id}"),
        (
            contract.solicitation.piid,
            f"/solicitations/{contract.solicitation.public_id}",
        ),
        (
            contract.solicitation.requisition.number,
            f"/requisitions/{contract.solicitation.requisition.public_id}",
        ),
        (invoice.number.lower(), invoice.path),
        (certification.voucher_number, certification.path),
    ):
        answer = search("contracting_officer", typed)
        assert (answer.status_code, answer.url) == (302, page), typed


def test_everybody_finds_an_award_and_an_opportunity_by_its_number():
    invoice = received_invoice()
    contract = invoice.order.contract
    tender = contract.solicitation

    for part in (None, *OUTSIDERS):
        assert search(part, contract.piid).url == f"/awards/{contract.public_id}"
        assert search(part, tender.piid).url == f"/opportunities/{tender.public_id}"


def test_an_outsider_finds_neither_orders_nor_invoices_nor_payments():
    certification = certified_payment()
    order = certification.invoice.order
    words = (
        order.piid,
        order.public_id,
        certification.invoice.number,
        certification.voucher_number,
        "Pilot",
    )

    for part in (None, *OUTSIDERS):
        for word in words:
            page = search(part, word)
            assert page.status_code == 200
            assert page.context["total"] == 0
    assert PaymentCertification.objects.count() == 1


def test_words_find_titles_by_kind():
    order = received_invoice().order

    page = search("contracting_officer", "claims assistant")

    kinds = {kind: rows.total for kind, rows in page.context["found"].items()}
    assert kinds == {"Orders": 1, "Contracts": 1, "Solicitations": 1, "Needs": 1}
    assert order.path in page.content.decode()


def test_the_public_finds_awards_by_the_name_of_the_vendor():
    received_invoice()

    page = search(None, "meridian")

    assert list(page.context["found"]) == ["Awards"]


def test_a_sealed_offer_is_found_by_nobody():
    submitted_offers()

    for part in ("contracting_officer", "evaluator", None):
        page = search(part, "Meridian Models")
        assert page.status_code == 200
        assert page.context["total"] == 0


def test_a_search_is_bounded():
    for _ in range(LIMIT + 2):
        drafted_requisition()

    rows = found(actor("program_manager"), "claims")["Needs"]

    assert (len(rows.rows), rows.total) == (LIMIT, LIMIT + 2)


@pytest.mark.parametrize("text", ["", "   ", "x" * 5000, "%_\\", "'; drop table"])
def test_odd_words_find_nothing_and_break_nothing(text):
    released_solicitation()

    page = search("contracting_officer", text)

    assert page.status_code == 200
    assert page.context["total"] == 0


def test_a_draft_is_found_by_its_agency_alone():
    drafted_requisition()

    assert search("contract_specialist", "claims").context["total"] == 1
    for part in (None, *OUTSIDERS, "vendor_a_member"):
        assert search(part, "claims").context["total"] == 0


def test_what_is_found_by_the_thousand_is_not_counted_to_its_end(monkeypatch):
    contract = awarded_contract()
    for number in range(LIMIT + 1):
        drafted_order(on=contract, title=f"Zebra {number}")
    assert f"{LIMIT + 1} things have this" in search("cor", "zebra").text

    monkeypatch.setattr(searching, "COUNTED", LIMIT)
    page = search("cor", "zebra").text

    assert f"More than {LIMIT} things have this" in page
    assert f"The first {LIMIT} of more than {LIMIT}; add a word" in page

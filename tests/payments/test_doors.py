"""The pages and the API of payments."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.operations.issue_api_key import issue_api_key
from accounts.states import Scope
from contracting.billing.states import InvoiceState
from contracting.core import clock
from contracting.payments.models import Payment, PaymentCertification
from tests.builders_settlement import (
    DUE_ON,
    PAID_AT,
    PAYABLE,
    USED,
    accepted_invoice,
    certified_payment,
    paid_invoice,
    received_invoice,
)
from tests.cast import actor, client_for, key_client, nothing_happens, submit

PAYMENTS = reverse("payments:payments")
OUTSIDERS = ("other_agency_officer", "other_vendor_signer", "vendor_b_signer")


def page_of(certification):
    return reverse("payments:payment", args=[certification.public_id])


def certify_page(invoice):
    return reverse("payments:certify_payment", args=[invoice.public_id])


def record_page(certification):
    return reverse("payments:record_payment", args=[certification.public_id])


def answer(page) -> str:
    text = page.content.decode()
    return " ".join(text.split("data-answer>")[1].split("</div>")[0].split())


def payments_key(part: str) -> Client:
    """A client with a new key that reads payments, issued by that administrator."""
    by, now = actor(part), clock.now()
    issued = issue_api_key(
        organization_id=by.own_organization_id,
        label="Finance system",
        scopes=[Scope.PAYMENTS_READ],
        expires_at=now + timedelta(days=30),
        by=by,
        at=now,
    )
    return Client(headers={"Authorization": f"Bearer {issued.text}"})


# What is owed -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "part", ["payment_certifier", "contracting_officer", "auditor", "vendor_a_member"]
)
def test_the_list_says_what_is_owed_and_when(accepted, told_the_time, part):
    page = client_for(actor(part)).get(PAYMENTS)

    assert page.status_code == 200
    assert f"<strong>${PAYABLE}</strong> is owed" in answer(page)
    assert "29 May 2026" in answer(page)
    text = page.content.decode()
    assert accepted.number in text
    may = part == "payment_certifier"
    assert (certify_page(accepted) in text) is may
    assert "No payments yet" in text


def test_the_next_due_stands_first_and_an_overdue_one_is_called_so(
    order, told_the_time
):
    later = accepted_invoice(
        order=order,
        billed={"OUT_TEXT": USED["OUT_TEXT"]},
        number="LATER",
        at=PAID_AT,
    )
    certified_payment(
        order=order, billed={"IN_UNCACHED": USED["IN_UNCACHED"]}, number="SOONER"
    )
    told_the_time(PAID_AT + timedelta(days=2))

    page = client_for(actor("payment_certifier")).get(PAYMENTS)

    text = page.content.decode()
    assert text.index("SOONER") < text.index("LATER")
    assert "1 is overdue" in answer(page)
    assert later.number in text


def test_who_owes_nothing_is_told_what_would_appear(other_agency_officer):
    page = client_for(other_agency_officer).get(PAYMENTS)

    assert "Nothing accepted is unpaid" in answer(page)
    assert "Nothing is owed" in page.content.decode()


def test_what_was_paid_is_listed_with_its_trace_number(certified, told_the_time):
    paid_invoice(certification=certified)

    page = client_for(actor("vendor_a_signer")).get(PAYMENTS)

    assert f"Nothing accepted is unpaid. ${PAYABLE} has been paid." in answer(page)
    assert "TRACE-0000451" in page.content.decode()


# One payment --------------------------------------------------------------------------


@pytest.mark.parametrize("part", ["payment_certifier", "auditor", "vendor_a_member"])
def test_a_payment_shows_its_voucher_lines_funds_and_record(
    certified, told_the_time, part
):
    page = client_for(actor(part)).get(page_of(certified))

    assert page.status_code == 200
    assert f"<strong>${PAYABLE}</strong> is due to Meridian Models" in answer(page)
    text = page.content.decode()
    for words in (
        certified.voucher_number,
        certified.invoice.order.piid,
        "Examples Finance Center",
        "Meridian Models, PO Box 1",
        "2,345,678",
        "$2.00 per million tokens",
        "Claims modernization",
        "Lee Representative",
        "Ned Payment, certifying officer",
        "The payment was certified.",
    ):
        assert words in text, words
    assert ("Record the payment" in text) is (part != "vendor_a_member")


def test_a_payment_says_when_its_day_has_passed_and_when_it_was_paid(
    certified, told_the_time, payment_certifier
):
    browser = client_for(payment_certifier)
    told_the_time(PAID_AT + timedelta(days=2))
    assert "That day has passed" in answer(browser.get(page_of(certified)))

    paid_invoice(certification=certified)
    page = browser.get(page_of(certified))
    assert "was paid to Meridian Models" in answer(page)
    assert "trace number TRACE-0000451" in answer(page)
    assert record_page(certified) not in page.content.decode()


# The two signatures -------------------------------------------------------------------


def test_a_certifying_officer_certifies_and_records_on_the_pages(
    accepted, told_the_time, payment_certifier
):
    # Given the page that shows what is certified
    browser = client_for(payment_certifier)
    page = browser.get(certify_page(accepted))
    assert f"You certify <strong>${PAYABLE}</strong>" in answer(page)

    # When the officer certifies
    response = submit(browser, certify_page(accepted), {"confirm": "on"})

    # Then the voucher is there
    certification = PaymentCertification.objects.get(invoice=accepted)
    assert response.status_code == 303
    assert response["Location"] == page_of(certification)
    assert certification.due_on == DUE_ON

    # And when its payment is recorded, it says so
    told_the_time(PAID_AT)
    response = submit(
        browser,
        record_page(certification),
        {"paid_on": "2026-05-28", "reference": "TRACE-1"},
    )
    assert response.status_code == 303
    assert Payment.objects.get().reference == "TRACE-1"
    accepted.refresh_from_db()
    assert accepted.state == InvoiceState.PAID


def test_a_form_without_its_word_or_trace_number_comes_back(
    accepted, told_the_time, payment_certifier
):
    browser = client_for(payment_certifier)
    with nothing_happens():
        assert submit(browser, certify_page(accepted), {}).status_code == 422

    certification = certified_payment(invoice=accepted)
    with nothing_happens():
        response = submit(
            browser, record_page(certification), {"paid_on": "2026-05-01"}
        )
    assert response.status_code == 422
    assert "Trace number" in response.content.decode()


def test_a_day_in_the_future_is_refused_on_the_page(
    certified, told_the_time, payment_certifier
):
    with nothing_happens():
        response = submit(
            client_for(payment_certifier),
            record_page(certified),
            {"paid_on": "2026-12-24", "reference": "TRACE-1"},
        )

    assert response.status_code == 422
    assert "The day of payment lies between" in response.content.decode()
    assert "TRACE-1" in response.content.decode()


def test_before_acceptance_the_page_names_the_rule_and_has_no_button(
    order, told_the_time, payment_certifier
):
    invoice = received_invoice(order=order)

    page = client_for(payment_certifier).get(certify_page(invoice))

    assert "R-FND-10" in answer(page)
    assert "form_token" not in page.content.decode()


def test_what_is_done_already_has_no_button(
    certified, told_the_time, payment_certifier
):
    paid_invoice(certification=certified)
    browser = client_for(payment_certifier)

    certify = browser.get(certify_page(certified.invoice))
    record = browser.get(record_page(certified))

    assert "certified already" in answer(certify)
    assert "recorded already" in answer(record)
    for page in (certify, record):
        assert "form_token" not in page.content.decode()


@pytest.mark.rule("R-ROL-04", case="refused")
@pytest.mark.parametrize("part", ["cor", "contracting_officer", "vendor_a_signer"])
def test_who_may_see_and_not_certify_is_told_why(accepted, told_the_time, part):
    browser = client_for(actor(part))
    certification = certified_payment(invoice=accepted)

    with nothing_happens():
        for address in (certify_page(accepted), record_page(certification)):
            page = submit(browser, address, {"confirm": "on"})
            assert page.status_code == 403
    refused = browser.get(certify_page(accepted)).content.decode()
    assert "R-ROL-04" in refused


@pytest.mark.parametrize("part", OUTSIDERS)
def test_for_an_outsider_there_is_no_such_payment(accepted, told_the_time, part):
    certification = certified_payment(invoice=accepted)
    browser = client_for(actor(part))

    with nothing_happens():
        for address in (
            page_of(certification),
            certify_page(accepted),
            record_page(certification),
        ):
            assert browser.get(address).status_code == 404
            assert browser.post(address, {"form_token": "x"}).status_code in {404, 405}
    assert certification.voucher_number not in browser.get(PAYMENTS).content.decode()


# The API ------------------------------------------------------------------------------


@pytest.mark.parametrize("part", ["administrator", "vendor_a_administrator"])
def test_a_machine_of_either_side_reads_payments(certified, part):
    reader = payments_key(part)

    listed = reader.get("/api/v1/payments").json()
    one = reader.get(f"/api/v1/payments/{certified.public_id}").json()

    (row,) = listed["data"]
    assert row["id"] == one["id"] == certified.public_id
    assert row["state"] == "CERTIFIED"
    assert row["amount"] == {"amount": PAYABLE, "currency": "USD"}
    assert row["due_on"] == DUE_ON.isoformat()
    assert row["payment"] is None
    assert [line["tokens"] for line in one["lines"]] == list(USED.values())
    assert one["classification"] == [
        {
            "clin": "0001",
            "acrn": "AA",
            "amount": {"amount": PAYABLE, "currency": "USD"},
        }
    ]
    assert one["withheld"]["amount"] in {"0", "0.00"}


def test_a_machine_reads_when_it_was_paid(certified):
    payment = paid_invoice(certification=certified)

    row = payments_key("administrator").get("/api/v1/payments").json()["data"][0]

    assert row["state"] == "PAID"
    assert row["payment"] == {
        "id": payment.public_id,
        "paid_on": "2026-05-28",
        "reference": "TRACE-0000451",
        "interest": {"amount": "0.00", "currency": "USD"},
        "total": {"amount": PAYABLE, "currency": "USD"},
    }


def test_a_machine_of_another_vendor_finds_nothing(certified):
    reader = payments_key("vendor_b_administrator")

    assert reader.get("/api/v1/payments").json()["data"] == []
    assert reader.get(f"/api/v1/payments/{certified.public_id}").status_code == 404


def test_a_key_without_the_scope_reads_nothing(certified, gateway):
    assert Client().get("/api/v1/payments").status_code == 401
    assert key_client(gateway).get("/api/v1/payments").status_code == 403


@pytest.mark.parametrize("table", ["payment", "paymentcertification"])
def test_the_operator_has_a_window_and_no_door(certified, table):
    paid_invoice(certification=certified)
    operator = User.objects.create_superuser("root@example.test", "x", name="Root")
    browser = Client()
    browser.force_login(operator)

    listed = browser.get(reverse(f"admin:payments_{table}_changelist"))
    added = browser.get(reverse(f"admin:payments_{table}_add"))

    assert listed.status_code == 200
    assert added.status_code == 403

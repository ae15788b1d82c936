"""The pages of the smaller verbs: returned, early, longer, refunded."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from contracting.payments.models import AcceptancePeriod, EarlyPayment, PaymentReturn
from tests.builders_credits import credited
from tests.builders_settlement import CERTIFIED_AT, PAID_AT, paid_invoice
from tests.cast import actor, client_for, nothing_happens, submit

OUTSIDERS = ("other_agency_officer", "other_vendor_signer", "vendor_b_signer")
TODAY = CERTIFIED_AT.date()


@pytest.fixture
def pages(certified, told_the_time):
    """Each verb: its page, who does it, what they say, and who only sees it."""
    order = certified.invoice.order
    paid_invoice(certification=certified)
    told_the_time(PAID_AT)
    credit = credited(order, "2.00", at=PAID_AT)
    other = certified.public_id
    contract = order.contract.public_id
    reason = {"reason": "As finance wrote."}
    return {
        "return_payment": (other, "payment_certifier", reason, "cor"),
        "authorize_early_payment": (other, "funds_certifier", reason, "cor"),
        "state_acceptance_period": (
            contract,
            "contracting_officer",
            {
                "delivered_from": PAID_AT.date().isoformat(),
                "days": "14",
                "reason": "The count is audited on a sample.",
            },
            "cor",
        ),
        "record_refund": (
            credit.public_id,
            "payment_certifier",
            {
                "dollars": "1.50",
                "received_on": PAID_AT.date().isoformat(),
                "reference": "DEPOSIT-77",
            },
            "contracting_officer",
        ),
    }


def address(verb: str, public_id: str) -> str:
    return reverse(f"payments:{verb}", args=[public_id])


def answer(page) -> str:
    text = page.content.decode()
    return " ".join(text.split("data-answer>")[1].split("</div>")[0].split())


@pytest.mark.parametrize("part", OUTSIDERS)
def test_for_an_outsider_there_is_no_such_page(pages, part):
    browser = client_for(actor(part))

    with nothing_happens():
        for verb, (public_id, _who, data, _colleague) in pages.items():
            page = address(verb, public_id)
            assert browser.get(page).status_code == 404, verb
            sent = browser.post(page, {**data, "form_token": "x"})
            assert sent.status_code == 404, verb


def test_a_colleague_without_the_role_is_told_why(pages):
    with nothing_happens():
        for verb, (public_id, _who, data, colleague) in pages.items():
            browser = client_for(actor(colleague))
            page = address(verb, public_id)
            assert "form_token" not in browser.get(page).content.decode(), verb
            assert submit(browser, page, data).status_code == 403, verb


def test_the_vendor_sees_that_it_is_not_its_to_do(pages):
    browser = client_for(actor("vendor_a_signer"))

    with nothing_happens():
        for verb, (public_id, _who, data, _colleague) in pages.items():
            answered = submit(browser, address(verb, public_id), data)
            assert answered.status_code == 403, verb


def test_a_form_without_its_words_comes_back(pages):
    with nothing_happens():
        for verb, (public_id, who, data, _colleague) in pages.items():
            browser = client_for(actor(who))
            for name in data:
                said = {**data, name: ""}
                answered = submit(browser, address(verb, public_id), said)
                assert answered.status_code == 422, (verb, name)


def test_money_that_came_back_is_recorded_on_its_page(pages, certified):
    public_id, who, data, _colleague = pages["return_payment"]
    browser, page = client_for(actor(who)), address("return_payment", public_id)
    assert "its postings are reversed" in answer(browser.get(page))

    answered = submit(browser, page, data)

    assert (answered.status_code, answered.url) == (303, certified.path)
    assert PaymentReturn.objects.get().was_paid
    assert "The money came back" in answer(browser.get(certified.path))
    again = browser.get(page)
    assert "given back already" in answer(again)
    assert "form_token" not in again.content.decode()


def test_an_early_payment_is_authorized_on_its_page(certified, told_the_time):
    browser = client_for(actor("funds_certifier"))
    page = address("authorize_early_payment", certified.public_id)
    assert "paid at most 7 days before" in answer(browser.get(page))

    answered = submit(browser, page, {"reason": "The vendor is in need."})

    assert (answered.status_code, answered.url) == (303, certified.path)
    assert EarlyPayment.objects.get().certification == certified
    assert "The vendor is in need." in browser.get(certified.path).content.decode()
    again = browser.get(page)
    assert "authorized already" in answer(again)
    assert "form_token" not in again.content.decode()


def test_a_payment_that_is_made_needs_no_word_to_be_early(pages):
    public_id, who, _data, _colleague = pages["authorize_early_payment"]

    page = client_for(actor(who)).get(address("authorize_early_payment", public_id))

    assert "is made already" in answer(page)
    assert "form_token" not in page.content.decode()


def test_a_longer_time_is_stated_on_its_page(pages):
    public_id, who, data, _colleague = pages["state_acceptance_period"]
    browser, page = (
        client_for(actor(who)),
        address("state_acceptance_period", public_id),
    )
    assert "assumed 7 days after delivery" in answer(browser.get(page))
    with nothing_happens():
        late = submit(
            browser,
            page,
            {**data, "delivered_from": (PAID_AT - timedelta(days=1)).date()},
        )
    assert late.status_code == 422
    assert "before the delivery it is for" in late.content.decode()

    assert submit(browser, page, data).status_code == 303

    assert AcceptancePeriod.objects.get().days == 14
    assert "assumed 14 days after delivery" in answer(browser.get(page))


def test_a_refund_is_recorded_on_its_page_until_nothing_is_open(pages):
    public_id, who, data, _colleague = pages["record_refund"]
    browser, page = client_for(actor(who)), address("record_refund", public_id)
    assert "$2.00 of the credit is open" in answer(browser.get(page))
    with nothing_happens():
        more = submit(browser, page, {**data, "dollars": "2.01"})
    assert more.status_code == 409
    assert "DEPOSIT-77" in more.content.decode()

    assert submit(browser, page, data).status_code == 303
    assert "$0.50 of the credit is open" in answer(browser.get(page))
    assert submit(browser, page, {**data, "dollars": "0.50"}).status_code == 303

    done = browser.get(page)
    assert "Nothing of this credit is open" in answer(done)
    assert "form_token" not in done.content.decode()

"""The pages of the audit of the count: planned, read, ended, agreed to."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contracting.core import clock
from contracting.recounts import views
from contracting.recounts.calculations import commitment_of
from contracting.recounts.models import RecountAllowance, RecountPlan
from contracting.recounts.operations import set_allowance
from tests.cast import actor, client_for, nothing_happens, submit
from tests.recounts.conftest import (
    CALLS,
    EXACT,
    KEY,
    NOW,
    PLANNED_AT,
    TOKENIZER,
    adopted,
    allowed,
    model,
    output,
    sample,
    sent,
)
from tests.recounts.test_end_plan import ended


@pytest.fixture(autouse=True)
def _told_the_time(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def shown(part, url, status=200):
    answer = client_for(actor(part)).get(url)
    assert answer.status_code == status
    return answer.content.decode() if status == 200 else ""


def test_a_plan_is_adopted_on_the_page_of_the_contract(order, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: PLANNED_AT)
    contract = order.contract
    officer = client_for(actor("contracting_officer"))
    listed = f"/recounts/?contract={contract.public_id}"
    assert "Nobody recounts what the vendors report" in shown("cor", listed)
    said = {
        "model": model().pk,
        "token_class": output().pk,
        "key_commitment": commitment_of(KEY),
        "rate": "0.05",
        "risk": "0.01",
        "tokenizer_name": "gpt2",
        "tokenizer_sha256": TOKENIZER,
    }
    url = f"{contract.path}/adopt_recount_plan"

    # Given a rate that is none, which stays in the form
    wrong = submit(officer, url, {**said, "rate": "2"})
    assert wrong.status_code == 422
    assert "The rate is a share above 0" in wrong.content.decode()

    answer = submit(officer, url, said)

    plan = RecountPlan.objects.get()
    assert answer["Location"] == plan.path
    page = shown("contracting_officer", plan.path)
    assert "An estimate and no verdict" in page
    assert "5% of the calls" in page
    assert str(plan) in shown("cor", listed)


def test_what_the_samples_say_is_read_with_its_plots_and_its_file(order, recounter):
    by, _text = recounter
    allowed(order)
    plan = adopted(order)
    assert "No sample has been received yet" in shown("cor", plan.path)
    sent(plan, [sample(n) for n in range(3)], by)
    assert "Nothing is shown against the count" in shown("cor", plan.path)
    rest = [sample(n, reported=150) for n in range(3, CALLS)]
    sent(plan, rest, by)

    # Then the answer, the drawings and each sample are there
    page = shown("cor", plan.path)
    assert "More is reported than the allowance explains" in page
    assert page.count("dd-plot__svg--wide") == 2
    assert "wealth of a bet against the count reached 100" in page
    file = client_for(actor("cor")).get(f"{plan.path}?format=csv")
    rows = b"".join(file).decode().splitlines()
    assert rows[0] == "position,request_id,reported,recounted,metered,proof"
    assert len(rows) == CALLS + 1

    # And the vendor reads it all but which calls are drawn, and what each came to
    read = shown("vendor_a_signer", plan.path)
    assert "More is reported than" in read
    assert "plot-estimate" not in read
    assert "plot-estimate" in shown("cor", plan.path)
    shown("vendor_a_signer", f"{plan.path}?format=csv", 404)
    assert "1 count is flagged" in shown("cor", "/recounts/")


def test_a_plan_is_ended_with_its_key_and_the_vendor_sees_the_sample(order, recounter):
    by, _text = recounter
    plan = adopted(order)
    sent(plan, [sample(n) for n in range(CALLS - 1)], by)
    officer = client_for(actor("contracting_officer"))
    url = f"{plan.path}/end_recount_plan"
    wrong = submit(officer, url, {"reason": "Over.", "key": "00"})
    assert "This is not the key" in wrong.content.decode()

    submit(officer, url, {"reason": "The month is over.", "key": KEY.hex()})

    page = shown("vendor_a_signer", plan.path)
    assert "1 drawn calls were not sent" in page
    assert f"call-{CALLS - 1}" in page
    assert client_for(actor("vendor_a_signer")).get(f"{plan.path}?format=csv").streaming


def test_an_allowance_is_measured_from_a_file_of_counts(order):
    officer = client_for(actor("contracting_officer"))
    url = f"{order.contract.path}/set_recount_allowance"
    said = {
        "model": model().pk,
        "token_class": output().pk,
        "tokenizer_sha256": TOKENIZER,
        "words": "A run of our own.",
    }

    def with_file(text):
        file = SimpleUploadedFile("counts.csv", text.encode())
        return submit(officer, url, {**said, "counts": file})

    prompt = "Patient 4711 asks about a rash"
    for bad in (
        "reported,recounted\n5,x\n",
        f"reported,recounted,text\n5,5,{prompt}\n",
        f"reported,recounted\n5,{prompt}\n",
        "",
    ):
        with nothing_happens():
            answer = with_file(bad)
        assert answer.status_code == 422
        assert prompt not in answer.content.decode()
    rows = "".join(f"{a},{b}\n" for a, b in EXACT)

    answer = with_file(f"reported,recounted\n{rows}")

    allowance = RecountAllowance.objects.get()
    assert answer["Location"] == allowance.path
    page = shown("vendor_a_member", allowance.path)
    assert "above the recount on the average is honest" in page


def test_first_samples_are_agreed_to_on_the_page(order, recounter, monkeypatch):
    monkeypatch.setattr(set_allowance, "CALIBRATION_SAMPLES", 20)
    by, _text = recounter
    plan = adopted(order)
    sent(plan, [sample(n) for n in range(CALLS)], by)
    allowance = allowed(order, plan_id=plan.pk, counts=())
    assert "once the vendor agrees" in shown("cor", allowance.path)
    listed = f"/recounts/?contract={order.contract.public_id}"
    assert "it waits for the vendor" in shown("contracting_officer", listed)

    signer = client_for(actor("vendor_a_signer"))
    submit(signer, f"{allowance.path}/agree_recount_allowance", {})

    assert "plans adopted since are held to it" in shown("cor", allowance.path)


def test_what_cannot_be_done_to_a_plan_has_no_button(order, recounter):
    by, _text = recounter
    plan = adopted(order)
    url = f"{plan.path}/dispute_count"
    assert "This count is not flagged" in shown("cor", url)
    sent(plan, [sample(0)], by)
    assert "form_token" not in shown("contracting_officer", url)

    ending = f"{plan.path}/end_recount_plan"
    submit(client_for(actor("contracting_officer")), ending, {"reason": "Over."})
    page = shown("contracting_officer", ending)
    assert "has ended already" in page
    assert "form_token" not in page


def test_a_colleague_is_told_why_not_and_an_outsider_finds_nothing(order):
    plan, allowance = adopted(order), allowed(order)
    contract = order.contract
    verbs = (
        (f"{contract.path}/adopt_recount_plan", "cor"),
        (f"{contract.path}/set_recount_allowance", "cor"),
        (f"{plan.path}/end_recount_plan", "cor"),
        (f"{plan.path}/dispute_count", "vendor_a_signer"),
        (f"{allowance.path}/agree_recount_allowance", "vendor_a_member"),
    )
    for url, colleague in verbs:
        shown(colleague, url, 403)
    addresses = (plan.path, allowance.path, *(url for url, _who in verbs))
    for stranger in ("other_agency_officer", "other_vendor_signer", "vendor_b_signer"):
        for url in addresses:
            shown(stranger, url, 404)
        assert str(plan) not in shown(stranger, "/recounts/")
    for url in (plan.path, allowance.path):
        shown("technical_reviewer", url, 404)


def test_a_list_of_four_plans_asks_as_often_as_one(order, recounter, monkeypatch):
    # Given four plans, one after another, of which the last has samples
    by, text = recounter
    allowed(order)
    for number in range(3):
        key = bytes([number]) * 32
        ended(adopted(order, key_commitment=commitment_of(key)), key=key.hex())
    sent(adopted(order), [sample(n) for n in range(CALLS)], by)
    browser = client_for(actor("cor"))
    client = Client(headers={"Authorization": f"Bearer {text}"})

    def asked(read):
        read()
        with CaptureQueriesContext(connection) as found:
            page = read()
        assert page.status_code == 200
        return len(found), page.content.decode()

    # When one or all of them stand on a page
    monkeypatch.setattr(views, "PER_PAGE", 1)
    of_one, page = asked(lambda: browser.get("/recounts/"))
    assert "Page 1 of 4" in page
    monkeypatch.setattr(views, "PER_PAGE", 4)
    of_four, page = asked(lambda: browser.get("/recounts/"))

    # Then nothing more is asked, and the answer counts those on every page
    assert page.count('href="/recounts/rcp_') == 4
    assert "1 sample is being drawn" in page
    assert f'<td class="dd-num">{CALLS}</td>' in page
    assert of_four == of_one
    api_one, _ = asked(lambda: client.get("/api/v1/recounts?limit=1"))
    api_four, found = asked(lambda: client.get("/api/v1/recounts?limit=4"))
    assert f'"next_position":{CALLS + 1}' in found
    assert api_four == api_one

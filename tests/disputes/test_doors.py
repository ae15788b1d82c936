"""The pages and the API of disputes, recounts, claims and service levels."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import ApiKey
from accounts.states import Scope
from contracting.core import clock
from contracting.disputes.models import DisputeCase
from contracting.disputes.states import CaseState
from tests.builders_disputes import ANSWERED_AT, decided
from tests.builders_service import level
from tests.cast import (
    actor,
    client_for,
    key_client,
    machine,
    nothing_happens,
    submit,
)
from tests.disputes.test_start_recount import started
from tests.disputes.test_submit_claim import claimed

pytestmark = pytest.mark.django_db

OUTSIDERS = ("other_agency_officer", "other_vendor_signer", "vendor_b_signer")


@pytest.fixture(autouse=True)
def _told_the_time(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: ANSWERED_AT)


def at(name, thing, *more):
    return reverse(f"disputes:{name}", args=[thing.public_id, *more])


def text_of(page):
    return " ".join(page.content.decode().split())


def answer_of(page):
    return text_of(page).split("data-answer>")[1].split("</div>")[0]


def test_a_dispute_from_the_question_to_the_letter(order, finding):
    # Given the representative, who finds the difference and puts it to the vendor
    cor, vendor = client_for(actor("cor")), client_for(actor("vendor_a_signer"))
    disputes = reverse("disputes:disputes")
    assert "No dispute is open." in answer_of(cor.get(disputes))
    asked = submit(
        cor,
        at("open_dispute", order),
        {"findings": [finding.public_id], "question": "Why twice?"},
    )
    case = DisputeCase.objects.get()
    assert asked.headers["Location"] == case.path
    assert "1 dispute is open" in answer_of(cor.get(disputes))

    # When the vendor answers with a sample and a file
    page = vendor.get(case.path)
    assert "1 difference of $0.660008 in all" in answer_of(page)
    answered = submit(
        vendor,
        at("answer_dispute", case),
        {
            "stance": "CONTEST",
            "text": "The client called twice.",
            "calls": "request_id,attempt,tokens\nr-2,2,270001",
            "attachments": SimpleUploadedFile("log.csv", b"a,b\n1,2\n"),
        },
    )
    assert answered.status_code == 303
    text = text_of(cor.get(case.path))
    assert "The client called twice." in text
    assert "270,001" in text
    file = cor.get(at("answer_file", case, 1))
    assert file.content == b"a,b\n1,2\n"
    assert cor.get(at("answer_file", case, 2)).status_code == 404

    # Then the officer decides, and both read it
    officer = client_for(actor("contracting_officer"))
    decided_page = submit(
        officer,
        at("decide_dispute", case),
        {"text": "One call.", f"code_{finding.public_id}": "credit"},
    )
    assert decided_page.status_code == 303
    assert DisputeCase.objects.get().state == CaseState.DECIDED
    page = vendor.get(case.path)
    assert "Ada Officer decided it" in answer_of(page)
    assert "Submit a claim" in text_of(page)


@pytest.mark.parametrize("calls", ["r-2", "r-2,2,-1", "r-2,x,1", "r-2,2,1e9"])
def test_a_sample_that_cannot_be_read_is_named(case, calls):
    vendor = client_for(actor("vendor_a_member"))
    page = submit(
        vendor,
        at("answer_dispute", case),
        {"stance": "ACCEPT", "text": "Yes.", "calls": calls},
    )
    assert page.status_code == 422
    assert "Line 1: write request id, attempt and tokens" in text_of(page)


@pytest.mark.parametrize("calls", ["r-2," + "9" * 140_000, 'r-1,1,2\n"r-2"x\r,2,3'])
def test_a_sample_that_is_no_file_of_lines_comes_back(case, calls):
    with nothing_happens():
        page = submit(
            client_for(actor("vendor_a_member")),
            at("answer_dispute", case),
            {"stance": "ACCEPT", "text": "Yes.", "calls": calls},
        )

    assert page.status_code == 422
    assert "Line" in text_of(page)


def test_evidence_is_downloaded_by_both_sides_and_nobody_else(case):
    cor = client_for(actor("cor"))
    assert submit(cor, at("freeze_evidence", case)).status_code == 303
    bundle = case.bundles.get()
    address = at("evidence_file", bundle)
    for part in ("contracting_officer", "auditor", "vendor_a_member"):
        reader = client_for(actor(part))
        assert reader.get(address).content.startswith(b"PK")
        sheet = reader.get(address, {"sheet": "meter_rows.csv"})
        assert sheet.content.startswith(b"request_id,attempt")
        assert reader.get(address, {"sheet": "../x"}).status_code == 404
    for part in OUTSIDERS:
        assert client_for(actor(part)).get(address).status_code == 404


def test_a_recount_is_drawn_counted_and_shown(case, finding):
    recount = started(case, finding)
    cor, vendor = client_for(actor("cor")), client_for(actor("vendor_a_member"))
    page = text_of(cor.get(recount.path))
    assert recount.commitment in page
    assert recount.agency_seed not in page

    joined = submit(vendor, at("join_recount", recount), {"seed": "seventeen letters"})
    assert joined.status_code == 303
    assert recount.agency_seed in text_of(vendor.get(recount.path))
    sample = cor.get(recount.path, {"format": "csv"}).content.decode()
    assert sample.splitlines()[0] == "request_id,attempt,tokens"

    counts = b"request_id,attempt,tokens\nr-1,1,400001\nr-2,2,250000\n"
    for reader in (cor, vendor):
        sent = submit(
            reader,
            at("enter_recount", recount),
            {"file": SimpleUploadedFile("counts.csv", counts)},
        )
        assert sent.status_code == 303
    page = cor.get(recount.path)
    assert "Both sides agree on 100 percent" in answer_of(page)
    assert "<svg" in text_of(page)
    whole = vendor.get(recount.path, {"format": "csv"}).content.decode()
    assert "r-2,2,250000,500000,250000,250000" in whole


def test_a_claim_is_submitted_and_decided(case):
    decided(case)
    vendor = client_for(actor("vendor_a_signer"))
    contract = case.order.contract
    form = at("submit_claim", contract)
    said = {"case": case.public_id, "dollars": "100000.01", "text": "All of it."}
    refused = submit(vendor, form, said)
    assert refused.status_code == 409
    assert "R-PAY-07" in text_of(refused)
    sent = submit(vendor, form, {**said, "is_certified": "on"})
    claim = case.claims.get()
    assert sent.headers["Location"] == claim.path

    officer = client_for(actor("contracting_officer"))
    assert "A final decision is due by" in answer_of(officer.get(claim.path))
    due = claim.decision_due_on.replace(year=claim.decision_due_on.year + 1)
    later = submit(
        officer,
        at("state_decision_date", claim),
        {"decision_on": due.isoformat(), "reason": "The recount."},
    )
    assert later.status_code == 303
    final = submit(
        officer, at("decide_claim", claim), {"allowed": "0.00", "text": "One call."}
    )
    assert final.status_code == 303
    assert "$0.00 of $100,000.01 is allowed" in answer_of(vendor.get(claim.path))
    assert f"Claim {claim.number} of $100,000.01" in text_of(vendor.get(claim.path))


def test_service_levels_are_recorded_and_shown_to_both(order):
    officer, vendor = (
        client_for(actor(part)) for part in ("contracting_officer", "vendor_a_member")
    )
    page = at("service_levels", order.contract)
    assert "states no service level" in answer_of(vendor.get(page))
    saved = submit(
        officer,
        at("set_service_level", order.contract),
        {
            "measure": "AVAILABILITY",
            "target": "99.9",
            "steps": "99.9, 5\n99, 10",
            "first_day": "2026-04-01",
            "says_so": "H-7",
        },
    )
    assert saved.headers["Location"] == page
    text = text_of(vendor.get(page))
    assert "worse than 99.9: 5 percent; worse than 99: 10 percent" in text
    assert "It cannot be told yet" in answer_of(vendor.get(page))
    file = vendor.get(page, {"format": "csv", "what": "AVAILABILITY"})
    assert b"The month is not over." in file.content
    assert officer.get(at("propose_service_credits", order.contract)).status_code == 200


def test_no_page_of_it_is_there_for_an_outsider(case, finding):
    recount = started(case, finding)
    level(case.order.contract)
    decided(case)
    claim = claimed(case.order.contract, case=case.public_id)
    addresses = [
        case.path,
        recount.path,
        claim.path,
        *(
            at(name, case)
            for name in (
                *("answer_dispute", "withdraw_dispute", "decide_dispute"),
                *("freeze_evidence", "start_recount"),
            )
        ),
        *(at(name, recount) for name in ("join_recount", "enter_recount")),
        *(at(name, claim) for name in ("state_decision_date", "decide_claim")),
        *(
            at(name, case.order.contract)
            for name in (
                *("service_levels", "set_service_level", "propose_service_credits"),
                "submit_claim",
            )
        ),
        at("open_dispute", case.order),
        at("answer_file", case, 1),
    ]
    for part in OUTSIDERS:
        browser = client_for(actor(part))
        assert {browser.get(each).status_code for each in addresses} == {404}
        assert case.order.piid not in text_of(browser.get("/disputes/"))
        assert "$100,000.00" not in text_of(browser.get("/claims/"))


def test_who_may_see_and_not_act_is_told_why(case, finding):
    recount, claim = started(case, finding), claimed(case.order.contract)
    contract = case.order.contract
    with nothing_happens():
        for part, name, thing in (
            ("cor", "answer_dispute", case),
            ("vendor_a_member", "withdraw_dispute", case),
            ("cor", "decide_dispute", case),
            ("vendor_a_signer", "decide_dispute", case),
            ("auditor", "freeze_evidence", case),
            ("vendor_a_signer", "start_recount", case),
            ("cor", "join_recount", recount),
            ("auditor", "enter_recount", recount),
            ("vendor_a_signer", "open_dispute", case.order),
            ("vendor_a_member", "submit_claim", contract),
            ("vendor_a_signer", "state_decision_date", claim),
            ("cor", "decide_claim", claim),
            ("cor", "set_service_level", contract),
            ("vendor_a_signer", "propose_service_credits", contract),
        ):
            page = submit(client_for(actor(part)), at(name, thing), {"text": "x"})
            assert page.status_code == 403, (part, name)


def test_a_machine_reads_what_its_side_may(case):
    claimed(case.order.contract)
    holder = machine("vendor_a_machine")
    ApiKey.objects.filter(pk=holder.key_id or 0).update(
        scopes=[Scope.RECONCILIATION_READ.value]
    )
    client = key_client(holder)
    (row,) = json.loads(client.get("/api/v1/disputes").content)["data"]
    assert (row["state"], row["amount"]["amount"]) == ("ASKED", "0.660008")
    one = json.loads(client.get(f"/api/v1/disputes/{case.public_id}").content)
    assert one["answers"] == []
    (claim,) = json.loads(client.get("/api/v1/claims").content)["data"]
    assert claim["claimed"]["amount"] == "100000.00"
    other = machine("other_vendor_machine")
    ApiKey.objects.filter(pk=other.key_id or 0).update(
        scopes=[Scope.RECONCILIATION_READ.value]
    )
    stranger = key_client(other)
    assert json.loads(stranger.get("/api/v1/disputes").content)["data"] == []
    assert stranger.get(f"/api/v1/disputes/{case.public_id}").status_code == 404


def test_the_lists_of_the_contract_know_it(case):
    claimed(case.order.contract)
    contract = case.order.contract
    page = client_for(actor("contracting_officer")).get(
        f"{contract.path}/administration"
    )
    text = text_of(page)
    assert f"Answer to the dispute on {case.order.piid}" in text
    assert "Final decision on a claim of $100,000.00" in text

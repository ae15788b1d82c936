"""The client beside the gateway over the API: counts go in, content never does."""

import json
from decimal import Decimal

import pytest
from django.test import Client

from contracting.core import clock
from contracting.recounts import calculations
from contracting.recounts.models import RecountSample
from drawdown_client import drawing, recount
from drawdown_client.counting import read_tokenizer
from drawdown_client.wire import Reply
from tests.cast import key_client, machine, nothing_happens
from tests.metering.traces import CANARY, found_in_the_database
from tests.recounts.conftest import (
    CALLS,
    KEY,
    NOW,
    TOKENIZER,
    adopted,
    allowed,
    sample,
)

ONE_WORD = "Patient4711asksaboutarash"
"""A prompt without a space, which the form of an id would let through."""


@pytest.fixture
def plan(order, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    allowed(order)
    return adopted(order)


@pytest.fixture
def browser(recounter):
    _by, text = recounter
    return Client(headers={"Authorization": f"Bearer {text}"})


def row(n, **changed):
    said = sample(n)
    return {
        "position": said.position,
        "request_id": said.request_id,
        "token_class": "OUT_TEXT",
        "reported": said.reported,
        "recounted": said.recounted,
        "proof": said.proof,
        **changed,
    }


def posted(browser, plan, rows, key="k" * 20, **changed):
    return browser.post(
        f"/api/v1/recounts/{plan.public_id}/samples",
        json.dumps({"tokenizer_sha256": TOKENIZER, "samples": rows, **changed}),
        content_type="application/json",
        headers={"Idempotency-Key": key},
    )


def test_samples_are_received_and_the_plan_says_where_it_stands(browser, plan):
    answer = posted(browser, plan, [row(n, reported=150) for n in range(CALLS)])

    assert answer.status_code == 200
    assert answer.json() == {"received": CALLS, "next_position": CALLS + 1}
    read = browser.get(f"/api/v1/recounts/{plan.public_id}").json()
    assert read["verdict"] == "FLAGGED"
    assert read["wealth"] >= 100
    assert read["next_position"] == CALLS + 1
    listed = browser.get("/api/v1/recounts").json()
    assert [each["id"] for each in listed["data"]] == [plan.public_id]


CARRIERS = [
    *((name, value) for name in row(0) for value in (CANARY, ONE_WORD)),
    ("position", {"text": CANARY}),
    ("text", CANARY),
    ("content", CANARY),
    ("prompt", CANARY),
    (CANARY, 1),
]


def test_a_prompt_in_any_field_is_found_nowhere(browser, plan):
    for n, (name, value) in enumerate(CARRIERS):
        with nothing_happens():
            answer = posted(browser, plan, [row(0, **{name: value})], f"{n:020}")
        assert answer.status_code == 422
    for name in ("text", "tokenizer_sha256", "messages"):
        for value in (CANARY, ONE_WORD, [{"content": CANARY}]):
            with nothing_happens():
                answer = posted(
                    browser, plan, [row(0)], f"{name:x>20}", **{name: value}
                )
            assert answer.status_code == 422
    for samples in (CANARY, [CANARY], [], [[CANARY]], None):
        with nothing_happens():
            answer = posted(browser, plan, samples, "s" * 20)
        assert answer.status_code == 422

    assert not RecountSample.objects.exists()
    assert found_in_the_database(CANARY) == []
    assert found_in_the_database(ONE_WORD) == []


def test_no_other_key_sends_or_reads(browser, plan):
    for name in ("gateway", "vendor_a_machine"):
        with nothing_happens():
            assert posted(key_client(machine(name)), plan, [row(0)]).status_code == 403
    stranger = key_client(machine("other_agency_gateway"))
    with nothing_happens():
        assert posted(stranger, plan, [row(0)]).status_code in (403, 404)
    assert stranger.get(f"/api/v1/recounts/{plan.public_id}").status_code in (403, 404)


def test_the_command_tells_the_site_and_no_text_arrives(
    browser, order, recounter, monkeypatch, tmp_path, capsys
):
    # Given the merges of a made-up tokenizer, and a plan that names its file
    monkeypatch.setattr(clock, "now", lambda: NOW)
    merges = tmp_path / "vocab.bpe"
    merges.write_text("#version: 0.2\nt h\nth e\n")
    tokenizer = read_tokenizer(merges)
    plan = adopted(order, tokenizer_sha256=tokenizer.sha256)
    (tmp_path / "key").write_text(KEY.hex())
    (tmp_path / "api").write_text(recounter[1])
    calls = [
        {"request_id": f"call-{n}", "text": CANARY, "reported": 100}
        for n in range(CALLS)
    ]
    (tmp_path / "calls.jsonl").write_text("\n".join(map(json.dumps, calls)))
    monkeypatch.setattr(recount, "Connections", lambda _address: Site(browser))

    # When the command is run twice
    asked = [
        *("count", "--url", "https://drawdown.example", "--plan", plan.public_id),
        *("--api-key-file", f"{tmp_path}/api", "--key", f"{tmp_path}/key"),
        *("--tokenizer", str(merges), "--places", f"{tmp_path}/places"),
        *("--calls", f"{tmp_path}/calls.jsonl"),
    ]
    assert recount.main(asked) == 0, capsys.readouterr().err
    assert recount.main(asked) == 0

    # Then every call was received once, in its place, with its count
    said = capsys.readouterr().out
    assert f"{CALLS} calls drawn, 0 sent" in said
    rows = list(RecountSample.objects.order_by("position"))
    assert [each.request_id for each in rows] == [f"call-{n}" for n in range(CALLS)]
    assert {each.recounted for each in rows} == {tokenizer.count(CANARY)}
    assert found_in_the_database(CANARY) == []


class Site:
    """The transport of the client, into this site."""

    def __init__(self, browser):
        self.browser = browser

    def send(self, request, _seconds):
        if request.method == "GET":
            answer = self.browser.get(request.path)
        else:
            answer = self.browser.post(
                request.path,
                request.body,
                content_type=request.content_type,
                headers={"Idempotency-Key": request.key},
            )
        return Reply(answer.status_code, answer.content)


def test_the_command_and_the_site_draw_alike():
    assert drawing.commitment_of(KEY) == calculations.commitment_of(KEY)
    for n in range(50):
        name = f"call-{n}"
        proof = drawing.proof_of(KEY, name)
        assert proof == calculations.proof_of(KEY, name)
        for rate in ("0.05", "0.5", "0.999999", "1"):
            given = Decimal(rate)
            assert drawing.is_drawn(proof, given) == calculations.is_drawn(proof, given)

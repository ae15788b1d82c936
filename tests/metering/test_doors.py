"""The API that gateways post to, and the pages of usage."""

import gzip
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.html import strip_tags

from accounts.operations.issue_api_key import issue_api_key
from accounts.states import Scope
from contracting.metering.models import UsageBatch, UsageEvent, UsageSource
from tests.builders_metering import (
    DELIVERED_AT,
    event,
    ingested,
    ndjson,
    usage_source,
)
from tests.cast import actor, client_for, key_client, nothing_happens, submit
from tests.metering.test_ingest import CANARY, found_in_media, found_in_the_database

pytestmark = pytest.mark.usefixtures("now", "source")

BATCH = "/api/v1/usage/events:batch"


def posted(by, payload, **headers):
    return key_client(by).post(
        BATCH, payload, content_type="application/x-ndjson", headers=headers
    )


def key_with(scopes, sources=()):
    """A new key of the agency, as its machine shows it."""
    issued = issue_api_key(
        organization_id=actor("administrator").own_organization_id,
        label="another",
        scopes=scopes,
        sources=sources,
        by=actor("administrator"),
        at=DELIVERED_AT,
    )
    return {"Authorization": f"Bearer {issued.text}"}


def text(response):
    return " ".join(strip_tags(response.content.decode()).split())


def codes(response):
    return [row.get("code", "") for row in response.json()["verdicts"]]


# The API --------------------------------------------------------------------------


def test_a_clean_batch_is_answered_200_and_its_repeat_too(order, gateway):
    payload = ndjson(event(1, order=order), event(2, order=order))
    first, again = posted(gateway, payload), posted(gateway, payload)

    assert (first.status_code, again.status_code) == (200, 200)
    body = first.json()
    assert (body["received"], body["accepted"], body["source"]) == (2, 2, "gateway")
    assert body["verdicts"] == [
        {"index": 0, "id": "call-1", "status": "accepted"},
        {"index": 1, "id": "call-2", "status": "accepted"},
    ]
    assert again.json()["duplicate"] == 2
    assert UsageEvent.objects.count() == 2


def test_a_batch_with_anything_else_is_answered_207_row_by_row(order, gateway):
    rows = [event(1, order=order), event(2, order="ord_unknown"), {"id": "call-3"}]
    answer = posted(gateway, json.dumps(rows).encode())

    assert answer.status_code == 207
    assert answer.json()["verdicts"] == [
        {"index": 0, "id": "call-1", "status": "accepted"},
        {
            "index": 1,
            "id": "call-2",
            "status": "held",
            "code": "UNKNOWN_ORDER",
            "pointer": "",
        },
        {
            "index": 2,
            "id": "call-3",
            "status": "rejected",
            "code": "unsupported_specversion",
            "pointer": "/specversion",
        },
    ]


def test_a_batch_may_be_packed(order, gateway):
    payload = gzip.compress(ndjson(event(1, order=order)))

    answer = posted(gateway, payload, **{"Content-Encoding": "gzip"})

    assert answer.status_code == 200
    assert answer.json()["accepted"] == 1


@pytest.mark.parametrize(
    ("payload", "encoding"),
    [
        (b"", "identity"),
        (b"not json", "identity"),
        (b"{}\n" * 10_001, "identity"),
        (gzip.compress(b" " * 10_000_000), "gzip"),
        (gzip.compress(b"{}\n" * 400_000), "gzip"),
        (b"not packed at all", "gzip"),
        (gzip.compress(b"{}\n" * 100)[:-9], "gzip"),
        (b"\x00" * (5 * 1024 * 1024 + 1), "gzip"),
        (b"{}", "br"),
    ],
    ids=[
        "empty",
        "no row names a source",
        "too many rows",
        "a ratio bomb",
        "a bomb of rows",
        "not gzip",
        "cut off",
        "too large when packed",
        "another encoding",
    ],
)
def test_what_is_no_batch_is_a_problem_and_leaves_nothing(order, payload, encoding, db):
    # Given a key without a list of sources, so that no source can be assumed
    client = key_client(actor_of_any())
    headers = key_with([Scope.USAGE_WRITE]) | {"Content-Encoding": encoding}

    with nothing_happens():
        answer = client.post(
            BATCH, payload, content_type="application/x-ndjson", headers=headers
        )

    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["code"], problem["rule"]) == ("unreadable_batch", "R-MET-02")


def actor_of_any():
    from tests.cast import machine

    return machine("gateway")


def test_ten_thousand_rows_are_taken_and_one_more_is_not(gateway):
    too_many = posted(gateway, b"{}\n" * 10_001)
    assert too_many.status_code == 422
    assert "10,000" in too_many.json()["detail"]

    answer = posted(gateway, b"{}\n" * 10_000)
    assert answer.status_code == 207
    assert answer.json()["rejected"] == 10_000


def test_a_bad_first_row_spoils_no_other(order, gateway):
    answer = posted(gateway, b"not json\n" + ndjson(event(1, order=order)))

    assert answer.status_code == 207
    assert codes(answer) == ["not_json", ""]
    assert answer.json()["accepted"] == 1


def test_a_key_without_the_scope_writes_nothing(order):
    client, payload = key_client(actor_of_any()), ndjson(event(1, order=order))

    with nothing_happens():
        answer = client.post(
            BATCH,
            payload,
            content_type="application/x-ndjson",
            headers=key_with([Scope.USAGE_READ]),
        )

    assert answer.status_code == 403


def test_a_key_writes_only_for_its_sources(order, gateway):
    # Given a second gateway of the same agency
    usage_source("second")
    payload = ndjson(event(1, order=order, source="second"))

    # Then the first one's key may not write for it, and an open key may
    with nothing_happens():
        assert posted(gateway, payload).status_code == 403
    answer = key_client(gateway).post(
        BATCH,
        payload,
        content_type="application/x-ndjson",
        headers=key_with([Scope.USAGE_WRITE]),
    )
    assert answer.json()["accepted"] == 1


def test_a_source_of_another_agency_is_not_there(order, other_agency_gateway):
    for source in ("gateway", "unheard-of"):
        with nothing_happens():
            answer = posted(
                other_agency_gateway, ndjson(event(1, order=order, source=source))
            )
        assert answer.status_code == 404
        assert answer.json()["code"] == "not_found"


def test_a_prompt_posted_to_the_api_is_found_nowhere(order, gateway):
    rows = [
        event(1, order=order, prompt=CANARY),
        event(2, order=order) | {"messages": [CANARY]},
        event(3, order=order, model=CANARY),
    ]

    answer = posted(gateway, ndjson(*rows) + CANARY.encode())

    assert answer.json()["rejected"] == 4
    assert CANARY not in answer.content.decode()
    assert found_in_the_database(CANARY) == []
    assert found_in_media(CANARY) == []


def test_a_machine_reads_its_batches_and_what_is_held(order, gateway):
    receipt = ingested(event(1, order=order), event(2, order="ord_unknown"))
    machine = key_client(gateway)

    (row,) = machine.get("/api/v1/usage/batches").json()["data"]
    assert (row["id"], row["held"]) == (receipt.batch.public_id, 1)
    one = machine.get(f"/api/v1/usage/batches/{receipt.batch.public_id}").json()
    assert [verdict["status"] for verdict in one["verdicts"]] == ["accepted", "held"]
    (group,) = machine.get("/api/v1/usage/suspense").json()["data"]
    assert (group["reason"], group["detail"], group["events"]) == (
        "UNKNOWN_ORDER",
        "ord_unknown",
        1,
    )
    assert group["first_at"] == "2026-04-20T14:30:00.000000Z"


def test_a_foreign_machine_reads_nothing(order, other_agency_gateway, vendor_a_machine):
    batch = ingested(event(1, order=order), event(2, order="ord_unknown")).batch
    foreign = key_client(other_agency_gateway)

    assert foreign.get("/api/v1/usage/batches").json()["data"] == []
    assert foreign.get("/api/v1/usage/suspense").json()["data"] == []
    assert foreign.get(f"/api/v1/usage/batches/{batch.public_id}").status_code == 404
    assert key_client(vendor_a_machine).get("/api/v1/usage/batches").status_code == 403


# The pages ------------------------------------------------------------------------


def test_a_representative_imports_a_file_and_reads_its_verdicts(order, cor):
    # Given a file with a call, one of an unknown model, and one with a prompt
    content = ndjson(
        event(1, order=order),
        event(2, order=order, model="assistant-latest"),
        event(3, order=order, prompt="hello"),
    )
    browser = client_for(cor)
    assert "Importing a file twice counts it once" in text(
        browser.get("/usage/ingest_usage")
    )

    # When the representative imports it
    source = UsageSource.objects.get(code="gateway")
    done = submit(
        browser,
        "/usage/ingest_usage",
        {"source": source.pk, "file": SimpleUploadedFile("usage.ndjson", content)},
    )

    # Then the batch's page says what happened to each row, and why
    batch = UsageBatch.objects.get()
    assert done.status_code == 303
    assert done["Location"] == f"/usage/batches/{batch.public_id}"
    shown = text(browser.get(done["Location"]))
    assert "3 rows: 1 accepted, 1 held, 0 duplicate, 0 conflict, 1 rejected" in shown
    assert "No such model on the order" in shown
    assert "Only counts and ids are taken in, no other field" in shown
    assert "/data/prompt" in shown
    assert "no content of any call" in shown

    # And the page of usage leads there, and to what is held
    shown = text(browser.get("/usage/"))
    assert "Some usage is held in suspense and needs a decision" in shown
    assert batch.public_id in shown
    assert "assistant-latest" in text(browser.get("/usage/suspense"))


def test_a_name_is_mapped_and_usage_assigned_in_the_browser(order, cor):
    ingested(event(1, order=order, model="assistant-latest"))
    browser = client_for(cor)

    # When nothing can be assigned yet, the page says why
    answer = submit(browser, "/usage/assign_usage")
    assert answer.status_code == 409
    assert "1 × no such model on the order" in text(answer)
    assert "R-MET-09" in text(answer)

    # And when the name is mapped, it is assigned
    mapping = browser.get("/reference/aliases/map_model_alias")
    if mapping.status_code == 404:
        mapping = browser.get("/usage/suspense")
    from tests.metering.test_assign import mapped

    mapped("assistant-latest")
    assert submit(browser, "/usage/assign_usage").status_code == 303
    assert "Nothing is held: every call received is attributed and rated." in text(
        browser.get("/usage/suspense")
    )


def test_a_correction_is_added_in_the_browser(order, cor):
    ingested(event(1, order=order))
    source = UsageSource.objects.get(code="gateway")
    form = {
        "source": source.pk,
        "event_id": "call-1",
        "correction_id": "correction-1",
        "token_class": "IN_UNCACHED",
        "change": "-250",
        "reason": "Counted twice by the gateway.",
    }
    browser = client_for(cor)

    refused = submit(browser, "/usage/correct_usage", {**form, "change": "-1001"})
    assert refused.status_code == 422
    assert "Only 1000 tokens of class IN_UNCACHED can be taken back" in text(refused)
    assert submit(browser, "/usage/correct_usage", form).status_code == 303
    shown = text(browser.get(f"/orders/{order.public_id}/usage"))
    assert "has metered 850 tokens" in shown


def test_an_administrator_registers_a_gateway_in_the_browser(administrator):
    browser = client_for(administrator)

    done = submit(
        browser, "/usage/register_source", {"code": "urn:east", "label": "East"}
    )

    assert done.status_code == 303
    assert "East urn:east" in text(browser.get("/usage/"))


def test_the_usage_of_an_order_is_shown_by_class_and_day(order, vendor_a_member):
    # Given a call, and one that is held for the order
    ingested(event(1, order=order), event(2, order=order, model="assistant-latest"))
    address = f"/orders/{order.public_id}/usage"

    # Then the agency and the vendor read tokens and exact dollars
    for reader, held in ((actor("program_manager"), True), (vendor_a_member, False)):
        shown = text(client_for(reader).get(address))
        assert "has metered 1,100 tokens on this order" in shown
        assert "they cost $0.0028" in shown
        assert "20 Apr 2026" in shown
        assert ("held in suspense" in shown) is held


def test_an_order_without_usage_says_so(order, program_manager):
    shown = text(client_for(program_manager).get(f"/orders/{order.public_id}/usage"))

    assert "The gateway has metered nothing on this order yet." in shown


@pytest.mark.parametrize(
    "part_name", ["vendor_a_signer", "other_vendor_signer", "other_agency_officer"]
)
def test_an_outsider_finds_no_usage_of_ours(order, part_name):
    batch = ingested(event(1, order="ord_unknown")).batch
    browser = client_for(actor(part_name))

    assert browser.get(f"/usage/batches/{batch.public_id}").status_code == 404
    page = browser.get("/usage/")
    if part_name == "other_agency_officer":
        assert "No usage has been received yet" in text(page)
        assert "ord_unknown" not in text(browser.get("/usage/suspense"))
    else:
        assert page.status_code == 404
        assert browser.get("/usage/suspense").status_code == 404
    if part_name != "vendor_a_signer":
        assert browser.get(f"/orders/{order.public_id}/usage").status_code == 404


@pytest.mark.parametrize(
    ("verb", "part_name"),
    [
        ("ingest_usage", "program_manager"),
        ("assign_usage", "administrator"),
        ("correct_usage", "contracting_officer"),
        ("register_source", "cor"),
    ],
)
def test_who_may_not_is_told_why(order, verb, part_name):
    browser = client_for(actor(part_name))

    with nothing_happens():
        assert browser.get(f"/usage/{verb}").status_code == 403
        assert browser.post(f"/usage/{verb}").status_code == 403

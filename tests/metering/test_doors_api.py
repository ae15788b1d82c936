"""The API that gateways post to."""

import gzip
import json
import random
from collections.abc import Callable

import pytest
import zstandard
from django.test import Client

from accounts.operations.issue_api_key import issue_api_key
from accounts.states import Scope
from contracting.metering.models import UsageEvent
from tests.builders_metering import (
    CALLED_AT,
    event,
    ingested,
    ndjson,
    usage_source,
)
from tests.cast import actor, days, key_client, nothing_happens
from tests.metering.traces import CANARY, found_in_media, found_in_the_database

pytestmark = pytest.mark.usefixtures("now", "source")

BATCH = "/api/v1/usage/events:batch"


def post(client, payload, **headers):
    return client.post(
        BATCH, payload, content_type="application/x-ndjson", headers=headers
    )


def key_with(*scopes, sources=(), label="another"):
    """A machine of the agency with a new key, for whatever source is not said."""
    issued = issue_api_key(
        organization_id=actor("administrator").own_organization_id,
        label=label,
        scopes=scopes,
        sources=sources,
        expires_at=CALLED_AT + days(300),
        by=actor("administrator"),
        at=CALLED_AT,
    )
    return Client(headers={"Authorization": f"Bearer {issued.text}"})


def codes(response):
    return [row.get("code", "") for row in response.json()["verdicts"]]


def test_a_clean_batch_is_answered_200_and_its_repeat_too(order, gateway):
    payload = ndjson(event(1, order=order), event(2, order=order))
    first, again = (
        post(key_client(gateway), payload),
        post(key_client(gateway), payload),
    )

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
    answer = post(key_client(gateway), json.dumps(rows).encode())

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


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
def test_a_batch_may_be_packed(order, gateway, encoding):
    payload = PACKED[encoding](ndjson(event(1, order=order), event(2, order=order)))

    answer = post(key_client(gateway), payload, **{"Content-Encoding": encoding})

    assert answer.status_code == 200
    assert answer.json()["accepted"] == 2


PACKED: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "zstd": zstandard.compress,
}
TOO_MUCH = {
    "empty": (b"", "identity", 422, "unreadable_batch"),
    "no row names a source": (b"not json", "identity", 422, "unreadable_batch"),
    "too large": (b" " * (50 * 1024 * 1024 + 1), "identity", 413, "batch_too_large"),
    "not gzip": (b"not packed at all", "gzip", 422, "not_packed"),
    "not zstd": (b"not packed at all", "zstd", 422, "not_packed"),
    "packed and empty": (b"", "zstd", 422, "not_packed"),
    "another encoding": (b"{}", "br", 415, "encoding_unknown"),
    **{
        f"{what}, {name}": (make(pack), name, status, code)
        for name, pack in PACKED.items()
        for what, make, status, code in (
            ("a ratio bomb", lambda p: p(b" " * 10_000_000), 413, "ratio_too_high"),
            ("a bomb of rows", lambda p: p(b"{}\n" * 400_000), 413, "ratio_too_high"),
            ("cut off", lambda p: p(b"{}\n" * 100)[:-9], 422, "not_packed"),
            (
                "too large when packed",
                lambda p: p(random.Random(1).randbytes(5 * 1024 * 1024 + 1)),
                413,
                "packed_too_large",
            ),
        )
    },
}


@pytest.mark.parametrize(
    ("payload", "encoding", "status", "code"), TOO_MUCH.values(), ids=TOO_MUCH
)
def test_what_is_no_batch_is_a_problem_and_leaves_nothing(
    order, payload, encoding, status, code
):
    # Given a key without a list of sources, so that no source can be assumed
    anywhere = key_with(Scope.USAGE_WRITE)

    with nothing_happens():
        answer = post(anywhere, payload, **{"Content-Encoding": encoding})

    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["code"], problem["rule"]) == (code, "R-MET-02")


def test_ten_thousand_rows_are_taken_and_one_more_is_not(gateway):
    too_many = post(key_client(gateway), b"{}\n" * 10_001)
    assert too_many.status_code == 422
    assert "10,000" in too_many.json()["detail"]

    answer = post(key_client(gateway), b"{}\n" * 10_000)
    assert answer.status_code == 207
    assert answer.json()["rejected"] == 10_000


def test_a_bad_first_row_spoils_no_other(order, gateway):
    answer = post(key_client(gateway), b"not json\n" + ndjson(event(1, order=order)))

    assert answer.status_code == 207
    assert codes(answer) == ["not_json", ""]
    assert answer.json()["accepted"] == 1


def test_a_key_without_the_scope_writes_nothing(order):
    reader = key_with(Scope.USAGE_READ)

    with nothing_happens():
        assert post(reader, ndjson(event(1, order=order))).status_code == 403


def test_a_key_writes_only_for_its_sources(order, gateway):
    # Given a second gateway of the same agency
    usage_source("second")
    payload = ndjson(event(1, order=order, source="second"))

    # Then the first one's key may not write for it, and an open key may
    with nothing_happens():
        assert post(key_client(gateway), payload).status_code == 403
    assert post(key_with(Scope.USAGE_WRITE), payload).json()["accepted"] == 1


def test_a_first_row_of_a_strange_source_refuses_only_itself(order, gateway):
    # Given a batch whose first row names a source that nobody registered
    rows = [event(1, order=order, source="unheard-of"), event(2, order=order)]

    answer = post(key_client(gateway), ndjson(*rows))

    assert answer.status_code == 207
    assert codes(answer) == ["other_source", ""]
    assert UsageEvent.objects.get().event_id == "call-2"


def test_a_body_without_its_length_is_asked_for_with_it(order, gateway):
    machine = key_client(gateway)

    with nothing_happens():
        answer = machine.generic(
            "POST",
            BATCH,
            ndjson(event(1, order=order)),
            content_type="application/x-ndjson",
            CONTENT_LENGTH="",
            HTTP_TRANSFER_ENCODING="chunked",
        )

    assert answer.status_code == 411
    assert answer.json()["code"] == "length_required"
    assert "Content-Length" in answer.json()["detail"]


def test_no_number_of_tokens_breaks_a_batch(order, gateway):
    # Given calls that no column could add up, and one good one
    huge = [event(n, order=order, tokens={"input": 2**53 - 1}) for n in range(20)]
    large = [event(n, order=order, tokens={"input": 10**12}) for n in range(20, 40)]

    answer = post(key_client(gateway), ndjson(*huge, *large, event(40, order=order)))

    assert answer.status_code == 207
    assert codes(answer) == ["too_many"] * 20 + ["IMPLAUSIBLE"] * 20 + [""]


def test_a_source_of_another_agency_is_not_there(order, other_agency_gateway):
    for source in ("gateway", "unheard-of"):
        with nothing_happens():
            payload = ndjson(event(1, order=order, source=source))
            answer = post(key_client(other_agency_gateway), payload)
        assert answer.status_code == 404
        assert answer.json()["code"] == "not_found"


def test_a_prompt_posted_to_the_api_is_found_nowhere(order, gateway):
    rows = [
        event(1, order=order, prompt=CANARY),
        event(2, order=order) | {"messages": [CANARY]},
        event(3, order=order, model=CANARY),
    ]

    answer = post(key_client(gateway), ndjson(*rows) + CANARY.encode())

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


def test_a_machine_limited_to_other_sources_reads_nothing_of_this_one(order):
    batch = ingested(event(1, order=order), event(2, order="ord_unknown")).batch
    usage_source("callback")
    limited = key_with(Scope.USAGE_READ, sources=["callback"])

    assert limited.get("/api/v1/usage/batches").json()["data"] == []
    assert limited.get("/api/v1/usage/suspense").json()["data"] == []
    assert limited.get(f"/api/v1/usage/batches/{batch.public_id}").status_code == 404
    free = key_with(Scope.USAGE_READ, label="free")
    assert len(free.get("/api/v1/usage/batches").json()["data"]) == 1


def test_a_foreign_machine_reads_nothing(order, other_agency_gateway, vendor_a_machine):
    batch = ingested(event(1, order=order), event(2, order="ord_unknown")).batch
    foreign = key_client(other_agency_gateway)

    assert foreign.get("/api/v1/usage/batches").json()["data"] == []
    assert foreign.get("/api/v1/usage/suspense").json()["data"] == []
    assert foreign.get(f"/api/v1/usage/batches/{batch.public_id}").status_code == 404
    assert key_client(vendor_a_machine).get("/api/v1/usage/batches").status_code == 403

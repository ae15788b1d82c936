"""Single calls at the gate: each has its answer, and those that wait go together."""

import asyncio
import json

import pytest

from contracting import asgi
from contracting.core import clock
from contracting.documents.queries import read_blob
from contracting.metering.adapters.cloudevents import ReadEvent, read_batch
from contracting.metering.gate import work
from contracting.metering.gate.door import Gate
from contracting.metering.models import UsageBatch, UsageEvent
from contracting.operate.queries import broken_invariants
from tests.builders_metering import DELIVERED_AT, event, folded, usage_source
from tests.builders_orders import issued_order
from tests.cast import key_client, key_text, machine, nothing_happens

DOOR = "/api/v1/usage/events"


async def post(gate, body, header):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    told = []
    scope = {
        "type": "http",
        "method": "POST",
        "path": DOOR,
        "headers": [
            (b"authorization", header.encode()),
            (b"content-length", b"%d" % len(raw)),
        ],
    }

    async def receive():
        return {"type": "http.request", "body": raw, "more_body": False}

    async def send(message):
        told.append(message)

    await gate(scope, receive, send)
    return told[0]["status"], json.loads(told[1]["body"])


def sent(gate, *bodies):
    """What is answered to each of them, all sent at once with the gateway's key."""
    header = f"Bearer {key_text(machine('gateway'))}"

    async def all_of_them():
        return await asyncio.gather(*(post(gate, body, header) for body in bodies))

    return asyncio.run(all_of_them())


def reads_again(batch):
    """Whether what is kept of a batch are its rows, in their order."""
    rows = read_batch(read_blob(batch.payload))
    answers = json.loads(read_blob(batch.verdicts))
    return [row.event_id for row in rows if isinstance(row, ReadEvent)] == [
        answer["id"] for answer in answers if answer["status"] != "rejected"
    ]


@pytest.fixture
def gate(own_database, monkeypatch):
    work._callers.clear()
    monkeypatch.setattr(clock, "now", lambda: DELIVERED_AT)
    usage_source()
    made = Gate()
    yield made
    made.close()


def test_calls_that_wait_are_one_batch_and_each_has_its_own_answer(gate):
    # Given a call that came before, and an order
    order = issued_order()
    written_out = json.dumps([event(0, order=order)], indent=2).encode()
    ((status, first),) = sent(gate, written_out)
    assert (status, first["status"], first["id"]) == (200, "accepted", "call-0")

    # When thirty come at once, with repeats, a conflict, and some that cannot be read
    calls = [event(n, order=order) for n in range(1, 21)]
    other = event(0, order=order, tokens={"input": 7})
    broken = event("broken", order=order) | {"type": "of.another"}
    answers = sent(gate, *calls, *calls[:7], other, broken, event(0, order="ord_none"))

    # Then each is answered for itself
    words = [answer["status"] for _status, answer in answers]
    assert words == ["accepted"] * 20 + ["duplicate"] * 7 + [
        "conflict",
        "rejected",
        "conflict",
    ]
    assert [status for status, _ in answers[-3:]] == [409, 422, 409]
    assert answers[-2][1]["pointer"] == "/type"
    assert [answer["id"] for _status, answer in answers[:20]] == [
        call["id"] for call in calls
    ]

    # And few batches have them all, each call once
    assert UsageEvent.objects.count() == 21
    assert UsageBatch.objects.count() <= 5
    assert {answer["batch"] for _status, answer in answers} <= set(
        UsageBatch.objects.values_list("public_id", flat=True)
    )
    exact = UsageBatch.objects.filter(is_exact=True)
    assert exact.exists()
    assert all(map(reads_again, exact))
    folded()
    assert broken_invariants() == {}


def test_what_is_no_single_event_of_a_source_is_refused(gate):
    answers = sent(
        gate,
        b"",
        b"{",
        b'{"specversion":"1.0"}',
        b"\n".join(json.dumps(event(n, order="ord_x")).encode() for n in (1, 2)),
        event(1, order="ord_x", source="of.others"),
    )

    assert [status for status, _body in answers] == [422, 422, 422, 422, 404]
    assert not UsageBatch.objects.exists()


def test_its_address_leads_to_the_gate():
    assert Gate.takes(DOOR)
    assert not Gate.takes("/api/v1/usage/events:batch")
    assert vars(asgi)["Gate"] is Gate


def test_django_answers_the_same(db, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: DELIVERED_AT)
    usage_source()
    client, order = key_client(machine("gateway")), issued_order()

    def posted(body):
        return client.post(
            DOOR, json.dumps(body), content_type="application/cloudevents+json"
        )

    reply = posted(event(1, order=order))
    assert (reply.status_code, reply.json()["status"]) == (200, "accepted")
    reply = posted(event(1, order=order, tokens={"input": 7}))
    assert (reply.status_code, reply.json()["status"]) == (409, "conflict")

    with nothing_happens():
        reply = client.post(DOOR, b"[]", content_type="application/json")
    assert (reply.status_code, reply.json()["code"]) == (422, "invalid")

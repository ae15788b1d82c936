"""What the CNCF's own SDK sends is read, in each of its modes."""

import json
from datetime import UTC

import pytest
from cloudevents.core.bindings.http import (
    to_binary,
    to_structured,
)
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from contracting.metering.models import UsageEvent, UsageLine
from tests.builders_metering import CALLED_AT, event
from tests.cast import key_client, nothing_happens

pytestmark = pytest.mark.usefixtures("now", "source")

BATCH = "/api/v1/usage/events:batch"


def sdk_event(number, order, **changed):
    """The call as an event of the SDK."""
    plain = event(number, order=order)
    data = plain.pop("data")
    plain["time"] = CALLED_AT.astimezone(UTC)
    plain["datacontenttype"] = "application/json"
    return CloudEvent(attributes={**plain, **changed}, data=data)


def send(client, message):
    headers = {
        name: value
        for name, value in message.headers.items()
        if name.lower() != "content-type"
    }
    kind = next(v for k, v in message.headers.items() if k.lower() == "content-type")
    return client.post(BATCH, message.body, content_type=kind, headers=headers)


@pytest.mark.parametrize(
    "mode", [to_structured, to_binary], ids=["structured", "binary"]
)
def test_one_event_of_the_sdk_is_one_call(order, gateway, mode):
    message = mode(sdk_event(1, order), JSONFormat())

    answer = send(key_client(gateway), message)

    assert answer.status_code == 200, answer.content
    assert answer.json()["verdicts"] == [
        {"index": 0, "id": "call-1", "status": "accepted"}
    ]
    stored = UsageEvent.objects.get()
    assert (stored.order_ref, stored.occurred_at) == (order.public_id, CALLED_AT)
    assert dict(UsageLine.objects.values_list("token_class_code", "tokens")) == {
        "IN_UNCACHED": 1_000,
        "OUT_TEXT": 100,
    }


def test_the_same_call_in_every_mode_is_counted_once(order, gateway):
    machine = key_client(gateway)
    call = sdk_event(1, order)
    batch = b"[" + JSONFormat().write(call) + b"]"

    answers = [
        send(machine, to_structured(call, JSONFormat())),
        send(machine, to_binary(call, JSONFormat())),
        machine.post(BATCH, batch, content_type="application/cloudevents-batch+json"),
        machine.post(
            BATCH,
            json.dumps(json.loads(batch)[0], indent=2).encode(),
            content_type="application/json",
        ),
    ]

    told = [answer.json()["verdicts"][0]["status"] for answer in answers]
    assert told == ["accepted", "duplicate", "duplicate", "duplicate"]
    assert UsageEvent.objects.count() == 1


def test_a_batch_of_the_sdk_is_answered_row_by_row(order, gateway):
    calls = [sdk_event(number, order) for number in range(50)]
    batch = b"[" + b",".join(JSONFormat().write(call) for call in calls) + b"]"

    answer = key_client(gateway).post(
        BATCH, batch, content_type="application/cloudevents-batch+json; charset=utf-8"
    )

    assert answer.json()["accepted"] == 50


@pytest.mark.parametrize("body", [b'{}, "id": "other"', b"", b"{} {}", b"\xff", b"[1,"])
def test_data_in_binary_mode_cannot_reach_the_envelope(order, gateway, body):
    message = to_binary(sdk_event(1, order), JSONFormat())
    headers = {k: v for k, v in message.headers.items() if k.lower() != "content-type"}

    with nothing_happens():
        answer = key_client(gateway).post(
            BATCH, body, content_type="application/json", headers=headers
        )

    assert answer.status_code == 422
    assert answer.json()["code"] == "unreadable_batch"


def test_an_extension_in_binary_mode_is_a_field_that_nobody_knows(order, gateway):
    message = to_binary(sdk_event(1, order, prompt="hello"), JSONFormat())

    answer = send(key_client(gateway), message)

    assert answer.status_code == 207
    assert answer.json()["verdicts"][0]["code"] == "unknown_field"


def test_a_content_type_that_carries_no_events_is_refused(order, gateway):
    with nothing_happens():
        answer = key_client(gateway).post(
            BATCH, b"a=b", content_type="application/x-www-form-urlencoded"
        )

    assert answer.status_code == 415
    assert answer.json()["code"] == "format_unknown"
    assert "application/x-ndjson" in answer.json()["detail"]

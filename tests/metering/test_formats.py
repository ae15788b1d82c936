"""Formats of providers and gateways at the door, named by the address."""

import json

import pytest

from contracting.metering.models import UsageEvent, UsageLine
from tests.builders_metering import BOUNDARY, MODEL, event, ndjson
from tests.cast import key_client, nothing_happens
from tests.metering.traces import CANARY, found_in_media, found_in_the_database

pytestmark = pytest.mark.usefixtures("now", "source")

BATCH = "/api/v1/usage/events:batch"


def post(client, rows, **parameters):
    body = rows if isinstance(rows, bytes) else ndjson(*rows)
    asked = "&".join(f"{name}={value}" for name, value in parameters.items())
    return client.post(f"{BATCH}?{asked}", body, content_type="application/x-ndjson")


def chat(number, **usage):
    counts = {"prompt_tokens": 2_600, "completion_tokens": 30, "total_tokens": 2_630}
    return {
        "call": {"id": f"call-{number}", "time": "2026-04-20T14:00:00Z"},
        "response": {
            "id": f"chatcmpl-{number}",
            "created": 1_776_693_600,
            "model": MODEL,
            "choices": [{"message": {"content": CANARY}}],
            "usage": {
                **counts,
                "prompt_tokens_details": {"cached_tokens": 2_000},
                "completion_tokens_details": {"reasoning_tokens": 12},
                **usage,
            },
        },
    }


def test_answers_of_a_provider_are_read_by_the_format_that_is_named(order, gateway):
    answer = post(
        key_client(gateway),
        [chat(1), chat(2, total_tokens=1)],
        format="openai-chat",
        order=order.public_id,
        boundary=BOUNDARY,
    )

    assert answer.status_code == 207
    told = [(v["status"], v.get("code")) for v in answer.json()["verdicts"]]
    assert told == [("accepted", None), ("rejected", "checksum_failed")]
    lines = UsageLine.objects.values_list("token_class_code", "tokens")
    assert {code: n for code, n in lines if n} == {
        "IN_UNCACHED": 600,
        "IN_CACHE_READ": 2_000,
        "OUT_TEXT": 18,
        "OUT_REASONING": 12,
    }
    assert found_in_the_database(CANARY) == []
    assert found_in_media(CANARY) == []


def test_a_call_by_its_own_profile_and_by_the_providers_answer_has_one_id(
    order, gateway
):
    machine = key_client(gateway)
    post(machine, [event(1, order=order)])

    answer = post(machine, [chat(1)], format="openai-chat", order=order.public_id)

    assert answer.json()["verdicts"][0]["status"] == "conflict"
    assert UsageEvent.objects.count() == 1


REFUSED = {
    "a format that nobody knows": ({"format": "guess"}, 415, "format_unknown"),
    "a report": ({"format": "openai-usage"}, 422, "format_not_taken"),
    "a log of the vendor": (
        {"format": "bedrock-invocation-log"},
        422,
        "format_not_taken",
    ),
    "a file without a mapping": ({"format": "csv"}, 422, "mapping_missing"),
    "a parameter that nobody knows": ({"formatt": "csv"}, 400, "unknown_parameter"),
    "another source": ({"format": "openai-chat", "source": "x"}, 404, "not_found"),
}


@pytest.mark.parametrize(("asked", "status", "code"), REFUSED.values(), ids=REFUSED)
def test_what_no_adapter_of_the_source_reads_is_refused(
    order, gateway, asked, status, code
):
    with nothing_happens():
        answer = post(key_client(gateway), [chat(1)], **asked)

    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_format_that_is_not_what_was_sent_is_refused_whole(order, gateway):
    with nothing_happens():
        answer = post(key_client(gateway), b"\xff\xfe", format="openai-chat")

    assert answer.status_code == 422
    assert answer.json()["code"] == "unreadable_batch"


def test_rows_of_another_format_are_refused_one_by_one(order, gateway):
    answer = post(
        key_client(gateway),
        json.dumps([event(1, order=order)]).encode(),
        format="openai-chat",
    )

    assert answer.status_code == 207
    assert answer.json()["rejected"] == 1

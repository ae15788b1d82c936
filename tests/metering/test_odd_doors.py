"""Whatever numbers, instants and names a gateway sends: each row has its answer."""

import json
from datetime import UTC, datetime

import pytest

from contracting.core import clock
from contracting.core.api import NotJson
from contracting.metering.gate.bodies import Settle, decoder_of, read_body
from contracting.metering.models import UsageEvent
from tests.builders_metering import (
    CALLED_AT,
    DELIVERED_AT,
    assert_the_books_balance,
    event,
    folded,
)
from tests.cast import key_client, machine

DOOR = "/api/v1/usage/events:batch"
NO_COUNTS = (
    *("-1", "2e3", "1.0", "1e400", "NaN", "-Infinity", '"5"', "true", "null", "[]"),
    *("9" * 40, "[" * 500 + "]" * 500),
)
COUNTS = ("0", "-0", "1", "1000000000000")
"""The last is the most that a call may say; a person looks at it first."""

TIMES = {
    "2026-04-20T14:00:00Z": "",
    "2026-04-20t10:00:00.123456789-04:00": "",
    "2026-04-21T03:59:00+23:59": "",
    "2026-04-19T14:01:00-23:59": "",
    "2026-04-20T13:59:60Z": "bad_time",
    "2026-04-20T24:00:00Z": "bad_time",
    "2026-04-20T14:00:00": "bad_time",
    "2026-04-20 14:00:00Z": "bad_time",
    "2026-02-29T14:00:00Z": "bad_time",
    "0001-01-01T00:00:00+23:59": "bad_time",
    "9999-12-31T23:59:59-23:59": "bad_time",
    "9999-12-31T23:59:59Z": "clock_ahead",
    "1999-12-31T23:59:59Z": "bad_time",
    "1776693600": "bad_time",
}
NAMES = {
    "x" * 200: "",
    "x" * 201: "bad_text",
    "with a space": "bad_text",
    "naïve": "bad_text",
    "call\u202e1": "bad_text",
    "call\u00001": "bad_text",
    "": "bad_text",
    "';DROP TABLE": "bad_text",
    "%s{0}$1\\": "",
}


@pytest.fixture
def gateway_client(order, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: DELIVERED_AT)
    return key_client(machine("gateway"))


def answered(client, rows):
    """What each row is answered; the receipt adds up and the books balance."""
    body = "\n".join(rows).encode()
    answer = client.post(DOOR, body, content_type="application/x-ndjson")
    assert answer.status_code in (200, 207), answer.content[:500]
    told = answer.json()
    kinds = ("accepted", "held", "duplicate", "conflict", "rejected")
    assert sum(told[kind] for kind in kinds) == told["received"] == len(rows)
    folded()
    assert_the_books_balance()
    return [each.get("code", "") for each in told["verdicts"]]


def test_numbers_that_are_no_counts_refuse_their_row(gateway_client, order):
    rows = [
        json.dumps(event(n, order=order, tokens={"input": "HERE"})).replace(
            '"HERE"', text
        )
        for n, text in enumerate((*NO_COUNTS, *COUNTS))
    ]

    told = answered(gateway_client, rows)

    refused, counted = told[: len(NO_COUNTS)], told[len(NO_COUNTS) :]
    assert all(code.islower() for code in refused)
    assert counted[:-1] == ["", "", ""]
    assert counted[-1].isupper()  # held
    assert UsageEvent.objects.count() == len(COUNTS)


def test_instants(gateway_client, order):
    rows = [
        json.dumps({**event(n, order=order), "time": text})
        for n, text in enumerate(TIMES)
    ]

    assert answered(gateway_client, rows) == list(TIMES.values())
    stored = {row.occurred_at for row in UsageEvent.objects.all()}
    assert stored == {
        CALLED_AT,
        datetime(2026, 4, 20, 14, 0, 0, 123456, tzinfo=UTC),
        datetime(2026, 4, 20, 4, 0, tzinfo=UTC),
    }


def test_names(gateway_client, order):
    rows = [json.dumps({**event(1, order=order), "id": name}) for name in NAMES]

    assert answered(gateway_client, rows) == list(NAMES.values())
    kept = {name for name, code in NAMES.items() if not code}
    assert set(UsageEvent.objects.values_list("event_id", flat=True)) == kept


def test_the_same_id_by_another_source_is_another_call(gateway_client, order):
    row = event(1, order=order)

    told = answered(
        gateway_client,
        [json.dumps(row), json.dumps({**row, "source": "other"}), json.dumps(row)],
    )

    assert told == ["", "other_source", ""]
    assert UsageEvent.objects.count() == 1


def test_an_event_that_is_nested_without_end_is_no_json():
    deep = b'{"a":' + b"[" * 5_000 + b"]" * 5_000 + b"}"
    body = b'{"reservation_id": "call-0001", "source": "gateway", "event": %s}' % deep

    with pytest.raises(NotJson):
        read_body(decoder_of(Settle), body)

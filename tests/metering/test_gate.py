"""The hot doors of funds control, as a gateway finds them: ASGI beside Django."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, transaction

from accounts.models import ApiKey
from accounts.operations.revoke_api_key import revoke_api_key
from contracting import asgi
from contracting.core import clock
from contracting.metering.gate import door, work
from contracting.metering.gate.door import Gate
from contracting.metering.models import (
    GateCounter,
    Reservation,
    UsageEvent,
    UsageSource,
)
from tests.builders_funds import DOLLAR
from tests.builders_metering import CALLED_AT, MODEL, event, order_for, usage_source
from tests.cast import actor, key_text, machine


@pytest.fixture
def order(own_database, monkeypatch):
    """An order of nineteen dollars, and a clock that stands at its first call."""
    usage_source()
    found = order_for("19.00")
    monkeypatch.setattr(clock, "now", lambda: CALLED_AT)
    return found


@pytest.fixture
def gate(order):
    """The gate, whose workers have connections of their own."""
    work._callers.clear()
    made = Gate()
    yield made
    made.close()


def sent(gate, *requests, key="gateway"):
    """What is answered to each request, all of them sent at once."""
    header = f"Bearer {key_text(machine(key))}" if key else ""
    return asyncio.run(_sent(gate, requests, header))


async def _sent(gate, requests, header):
    answers = (_one(gate, verb, body, header) for verb, body in requests)
    return await asyncio.gather(*answers)


async def _one(gate, verb, body, header, method="POST"):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    scope = {
        "type": "http",
        "method": method,
        "path": f"/api/v1/funds:{verb}",
        "headers": [
            (b"authorization", header.encode()),
            (b"content-length", str(len(raw)).encode()),
        ],
    }
    told = []

    async def receive():
        return {"type": "http.request", "body": raw, "more_body": False}

    async def send(message):
        told.append(message)

    await gate(scope, receive, send)
    return told[0]["status"], json.loads(told[1]["body"]), dict(told[0]["headers"])


def authorize(number, order, **changed):
    return "authorize", {
        "reservation_id": f"call-{number:04}",
        "source": "gateway",
        "order": order.public_id,
        "model": MODEL,
        "input_tokens_max": 0,
        "output_tokens_max": DOLLAR,
        **changed,
    }


def settle(number, order, tokens=DOLLAR):
    return "settle", {
        "reservation_id": f"call-{number:04}",
        "source": "gateway",
        "event": event(f"{number:04}", order=order, tokens={"output": tokens}),
    }


def test_twenty_at_once_on_nineteen_dollars(gate, order):
    answers = sent(gate, *(authorize(n, order) for n in range(20)))

    statuses = [status for status, _body, _headers in answers]
    assert (statuses.count(200), statuses.count(409)) == (19, 1)
    ((_status, refused, headers),) = [each for each in answers if each[0] == 409]
    assert refused["code"] == "live_limit_reached"
    assert (refused["rule"], refused["citation"]) == ("R-MET-10", "31 USC 1341")
    assert headers[b"content-type"] == b"application/problem+json"
    assert GateCounter.objects.get().reserved_dollars == 19


def test_a_call_from_its_announcement_to_its_settlement(gate, order):
    ((status, grant, _headers),) = sent(gate, authorize(1, order))
    assert (status, grant["dollars"], grant["replayed"]) == (200, "1", False)
    assert grant["lease_until"] == "2026-04-20T14:10:00.000000Z"

    ((status, done, _headers),) = sent(gate, settle(1, order, 50_000))

    assert (status, done["state"], done["dollars"]) == (200, "settled", "0.4")
    assert UsageEvent.objects.count() == 1


def test_a_repeat_is_answered_the_same_and_another_body_is_not(gate, order):
    sent(gate, authorize(1, order))

    again, other = sent(
        gate, authorize(1, order), authorize(1, order, output_tokens_max=1)
    )

    assert (again[0], again[1]["replayed"]) == (200, True)
    assert (other[0], other[1]["code"]) == (422, "reservation_reused")


def test_what_is_given_back_and_a_gateway_that_begins_anew(gate, order):
    sent(gate, authorize(1, order))
    name = {"reservation_id": "call-0001", "source": "gateway"}

    ((status, body, _headers),) = sent(gate, ("release", name))
    assert (status, body["calls"]) == (200, 1)

    ((status, body, _headers),) = sent(gate, ("fence", {"source": "gateway"}))
    assert (status, body["epoch"]) == (200, 1)
    ((status, body, _headers),) = sent(gate, authorize(2, order))
    assert (status, body["code"]) == (409, "stale_epoch")


def test_one_that_cannot_be_settled_harms_no_other(gate, order):
    sent(gate, authorize(1, order), authorize(2, order))
    wrong = settle(2, order)
    wrong[1]["event"]["id"] = "another"

    good, bad, negative = sent(gate, settle(1, order), wrong, settle(2, order, -1))

    assert (good[0], good[1]["state"]) == (200, "settled")
    assert (bad[0], bad[1]["code"]) == (422, "wrong_event")
    assert (negative[0], negative[1]["code"]) == (422, "negative")


def test_nobody_waits_for_the_batches_of_the_source(gate, order):
    # Given calls that are under way, and a batch that is just being received
    sent(gate, authorize(1, order), authorize(2, order))
    with transaction.atomic():
        source = UsageSource.objects.filter(pk=usage_source().pk)
        assert source.locked_shared("SHARE")

        # When one is settled and the other given back
        name = {"reservation_id": "call-0002", "source": "gateway"}
        done, freed = sent(gate, settle(1, order), ("release", name))

    # Then neither has waited
    assert (done[0], done[1]["state"]) == (200, "settled")
    assert (freed[0], freed[1]["calls"]) == (200, 1)


# Who asks ----------------------------------------------------------------------------


def test_strangers_get_nothing(gate, order):
    ((status, body, headers),) = sent(gate, authorize(1, order), key="")
    assert (status, body["code"]) == (401, "not_authenticated")
    assert headers[b"www-authenticate"] == b'Bearer realm="api"'

    # The gateway of another agency neither sees our source nor our order
    ((status, body, _headers),) = sent(
        gate, authorize(1, order), key="other_agency_gateway"
    )
    assert (status, body["code"]) == (404, "not_found")
    usage_source("elsewhere")
    assert not Reservation.objects.exists()


def test_a_revoked_key_dies_within_five_seconds(gate, order, monkeypatch):
    assert work.KEY_SECONDS <= 5
    assert sent(gate, authorize(1, order))[0][0] == 200
    key = ApiKey.objects.get(pk=machine("gateway").key_id or 0)
    by = actor("administrator")
    revoke_api_key(api_key_id=key.pk, by=by, at=CALLED_AT + timedelta(seconds=1))

    # What was looked up before holds for three seconds at most
    kept = {place: (0.0, caller) for place, (_until, caller) in work._callers.items()}
    work._callers.update(kept)

    assert sent(gate, authorize(2, order))[0][0] == 401


# What is sent ------------------------------------------------------------------------


UNREADABLE = {
    b"{": 422,
    b"[]": 422,
    b"\xff": 422,
    b"{}": 422,
    b"x" * (door.MOST_BYTES + 1): 413,
}

MISTAKES: list[dict[str, Any]] = [
    {"input_tokens_max": -1},
    {"input_tokens_max": 1.5},
    {"output_tokens_max": 10**13},
    {"calls": 0},
    {"calls": 1_001},
    {"reservation_id": "short"},
    {"reservation_id": "with a space in it"},
    {"project": "a\x00b"},
    {"prompt": "Tell me a secret."},
]


def test_a_body_is_checked_field_by_field(gate, order):
    found = sent(gate, *(("authorize", body) for body in UNREADABLE))
    assert [status for status, _body, _headers in found] == list(UNREADABLE.values())

    found = sent(gate, *(authorize(1, order, **changed) for changed in MISTAKES))
    assert {(status, body["code"]) for status, body, _h in found} == {(422, "invalid")}
    assert not Reservation.objects.exists()


def test_other_addresses_and_methods(gate, order):
    header = f"Bearer {key_text(machine('gateway'))}"

    status, body, _headers = asyncio.run(_one(gate, "spend", {}, header))
    assert (status, body["code"]) == (404, "not_found")
    status, body, _headers = asyncio.run(_one(gate, "authorize", {}, header, "GET"))
    assert (status, body["code"]) == (405, "method_not_allowed")


def test_a_key_has_a_rate(gate, order, settings):
    settings.FUNDS_RATE = 2

    answers = sent(gate, *(authorize(n, order) for n in range(4)))

    assert sorted(status for status, _b, _h in answers) == [200, 200, 429, 429]
    assert [h[b"retry-after"] for s, _b, h in answers if s == 429] == [b"1", b"1"]


# It fails closed ---------------------------------------------------------------------


@pytest.mark.parametrize("where", ["authorize_usage", "clock"])
def test_while_the_database_is_down_nothing_is_granted(gate, order, monkeypatch, where):
    sent(gate, authorize(1, order))

    def down(**_asked):
        raise OperationalError("connection refused")

    if where == "clock":
        monkeypatch.setattr(clock, "now", down)
    else:
        monkeypatch.setattr(work, "authorize_usage", down)

    ((status, body, headers),) = sent(gate, authorize(2, order))
    assert (status, body["code"], body["retryable"]) == (503, "database_down", True)
    assert headers[b"retry-after"] == b"1"


def test_whatever_else_fails_is_told_and_grants_nothing(gate, order, monkeypatch):
    def broken(**_asked):
        raise ZeroDivisionError

    monkeypatch.setattr(work, "authorize_usage", broken)

    ((status, body, _headers),) = sent(gate, authorize(1, order))
    assert (status, body["code"]) == (500, "internal_error")
    assert not Reservation.objects.exists()


def test_the_entry_hands_the_hot_doors_to_the_gate(gate, order, monkeypatch):
    monkeypatch.setattr(asgi, "_gate", gate)
    header = "Bearer nothing"

    status, body, _headers = asyncio.run(
        _one(asgi.application, "authorize", authorize(1, order)[1], header)
    )

    assert (status, body["code"]) == (401, "not_authenticated")

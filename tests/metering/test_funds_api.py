"""Funds control inside Django: the same bodies, the same answers."""

import json

import pytest

from contracting.core import clock
from contracting.metering.models import Reservation, ReservationHold, UsageEvent
from contracting.metering.tasks import sweep_reservations
from tests.builders_funds import DOLLAR, granted
from tests.builders_metering import CALLED_AT, MODEL, event, usage_source
from tests.cast import key_client, machine

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_the_call(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: CALLED_AT)


def post(verb, body, key="gateway"):
    usage_source()
    return key_client(machine(key)).post(
        f"/api/v1/funds:{verb}", json.dumps(body), content_type="application/json"
    )


def asked(order, **changed):
    return {
        "reservation_id": "call-0001",
        "source": "gateway",
        "order": order.public_id,
        "model": MODEL,
        "input_tokens_max": 0,
        "output_tokens_max": DOLLAR,
        **changed,
    }


def test_a_call_is_announced_settled_and_answered_as_at_the_gate(order):
    reply = post("authorize", asked(order))
    assert (reply.status_code, reply.json()["dollars"]) == (200, "1")

    name = {"reservation_id": "call-0001", "source": "gateway"}
    sent = event("0001", order=order, tokens={"output": 1_000})
    reply = post("settle", {**name, "event": sent})
    assert (reply.status_code, reply.json()["state"]) == (200, "settled")

    assert post("release", name).json()["calls"] == 0
    assert post("fence", {"source": "gateway"}).json()["epoch"] == 1


def test_what_is_refused_is_a_problem_with_its_rule(order):
    reply = post("authorize", asked(order, output_tokens_max=41 * DOLLAR))

    assert (reply.status_code, reply["Content-Type"]) == (
        409,
        "application/problem+json",
    )
    assert reply.json()["rule"] == "R-MET-10"
    assert not Reservation.objects.exists()


def test_a_mistake_is_told_by_its_place(order):
    reply = post("authorize", asked(order, calls=0))

    assert reply.status_code == 422
    assert reply.json()["data"]["pointer"] == "/calls"


def test_strangers_find_nothing(order):
    assert post("authorize", asked(order), "other_agency_gateway").status_code == 404
    assert post("authorize", asked(order), "vendor_a_machine").status_code == 403


def test_the_schedule_ends_leases(order, monkeypatch):
    granted(order=order)
    assert sweep_reservations() == 0

    later = CALLED_AT.replace(hour=15)
    monkeypatch.setattr(clock, "now", lambda: later)

    assert sweep_reservations() == 1


def test_the_event_is_read_as_the_batch_door_reads_it(order):
    # Given a call whose reported cost has more digits than a float, over two lines
    cost = "0.12345678901234567890123"
    row = json.dumps(event("0001", order=order, tokens={"output": 1_000}))
    row = row.replace('"data": {', f'"data": {{\r\n"reported_cost": {cost}, ')
    post("authorize", asked(order))

    # When it is settled, and the same event comes in a batch
    settled = post_text(
        "funds:settle",
        f'{{"reservation_id": "call-0001", "source": "gateway", "event": {row}}}',
    )
    batch = post_text("usage/events:batch", row)

    # Then it is the same call, to the last digit
    assert (settled.json()["state"], settled.json()["verdict"]) == (
        "settled",
        "accepted",
    )
    assert batch.json()["verdicts"][0]["status"] == "duplicate"


def test_a_key_that_stands_twice_in_an_event_settles_nothing(order):
    row = json.dumps(event("0001", order=order, tokens={"output": 1_000}))
    twice = row.replace('"tokens": 1000', '"tokens": 1000, "tokens": 1')
    post("authorize", asked(order))

    reply = post_text(
        "funds:settle",
        f'{{"reservation_id": "call-0001", "source": "gateway", "event": {twice}}}',
    )

    assert (reply.status_code, reply.json()["state"]) == (422, "rejected")
    assert reply.json()["code"] == "duplicate_key"
    assert not UsageEvent.objects.exists()
    assert not ReservationHold.objects.exists()


def post_text(door, text):
    return key_client(machine("gateway")).post(
        f"/api/v1/{door}", text, content_type="application/json"
    )

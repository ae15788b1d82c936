"""A gateway with the client is killed at any instant, again and again.

Whatever its calls used is counted once, to the token; a call of which nobody knows what
it used keeps its reserve; nothing else is counted.
"""

import asyncio
import gc
import json
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter

import pytest
from django.db import connection

from contracting import asgi
from contracting.core import clock
from contracting.core.actors import SYSTEM
from contracting.metering.gate import work
from contracting.metering.gate.door import Gate
from contracting.metering.invariants import INVARIANTS
from contracting.metering.models import (
    Reservation,
    ReservationEnd,
    ReservationHold,
    Settlement,
    UsageEvent,
    UsageRating,
)
from contracting.metering.operations.fold_all import fold_all
from drawdown_client import Ask, AsyncClient, Client, Patience, Refused
from tests.architecture.tree import ROOT
from tests.builders_funds import DOLLAR
from tests.builders_metering import (
    BOUNDARY,
    CALLED_AT,
    MODEL,
    event,
    folded,
    order_for,
    usage_source,
)
from tests.cast import key_text, machine
from tests.client.bridge import Bridge

KILLED = 12
PLACE = ROOT / "clients" / "python"

GATEWAY = """
import itertools, json, os, sys
sys.path[:0] = [sys.argv[1]]
import drawdown_client.calls as calls
from drawdown_client import Client, Patience
_, place, url, key, order, model, spool, truth, name, instant = sys.argv
calls.time.time = lambda: float(instant)  # the day of the test
client = Client(url, key=key, source="gateway", spool=spool, background_seconds=0.01,
                patience=Patience(deadline=20, one_try=10))
provider = os.open(truth, os.O_CREAT | os.O_APPEND | os.O_WRONLY)
for number in itertools.count():
    tokens = 1000 + number
    with client.call(order=order, model=model, input_tokens_max=5000,
                     output_tokens_max=10, name=f"{name}-{number:04}") as call:
        os.write(provider, json.dumps([call.progress.name, tokens]).encode() + b"\\n")
        call.used({"model": model, "usage": {"prompt_tokens": tokens,
                   "completion_tokens": 3, "total_tokens": tokens + 3}})
"""


@pytest.fixture
def order(own_database, monkeypatch):
    """An order of forty dollars, at the instant of its first call."""
    usage_source()
    monkeypatch.setattr(clock, "now", lambda: CALLED_AT)
    return order_for("40.00")


@pytest.fixture
def site(order, monkeypatch):
    """The entry of the site over HTTP, on the test's database and clock."""
    work._callers.clear()
    gate, ends = Gate(), threading.Event()
    monkeypatch.setattr(asgi, "_gate", gate)
    bridge = Bridge(asgi.application)
    roller = threading.Thread(target=_roll, args=(ends,))
    roller.start()
    yield bridge
    ends.set()
    roller.join()
    bridge.close()
    gate.close()
    # Django answers in threads of their own, whose connections end with them.
    gc.collect()


def _roll(ends):
    """The roller, without which nothing is granted."""
    while not ends.wait(0.2):
        fold_all(by=SYSTEM, at=CALLED_AT, wait=True)
    connection.close()


@pytest.fixture
def client(site, tmp_path, monkeypatch):
    """A client of the test's own, on its day."""
    monkeypatch.setattr("drawdown_client.calls.time.time", CALLED_AT.timestamp)
    made = Client(
        site.url,
        key=key_text(machine("gateway")),
        source="gateway",
        spool=tmp_path / "spool",
        patience=Patience(deadline=20, one_try=10),
        background_seconds=0,
    )
    yield made
    made.close()


def test_what_was_used_counts_once_however_often_it_is_killed(
    order, site, client, tmp_path
):
    dice, truth = random.Random(20_260_420), tmp_path / "truth"
    for number in range(KILLED):
        # Given a gateway that makes calls, when it is killed at any instant
        gateway = subprocess.Popen(
            [sys.executable, "-c", GATEWAY, str(PLACE), site.url]
            + [key_text(machine("gateway")), order.public_id, MODEL]
            + [str(tmp_path / "spool"), str(truth), f"call-{number}"]
            + [str(CALLED_AT.timestamp())]
        )
        _until(lambda: f"call-{number}-0003" in _text(truth), gateway)  # noqa: B023
        time.sleep(dice.uniform(0, 0.05))
        gateway.send_signal(signal.SIGKILL)
        gateway.wait()

    # And whoever comes next sends what it has left
    assert client.flush() == 0
    folded()

    # Then each call that is known counts once, to the token
    made = dict(json.loads(line) for line in _text(truth).splitlines())
    settled = dict(Settlement.objects.values_list("event_id", "tokens"))
    held = set(
        ReservationHold.objects.values_list("reservation__reservation_id", flat=True)
    )
    assert settled == {name: made[name] + 3 for name in settled}
    assert UsageEvent.objects.count() == len(settled) > KILLED * 2
    rated = Counter(UsageRating.objects.values_list("event_id", flat=True))
    assert set(rated.values()) == {2}  # input and output

    # And a call that was made and is not known keeps its reserve
    assert set(made) <= set(settled) | held
    assert set(settled).isdisjoint(held)
    assert len(held) <= KILLED
    assert Reservation.objects.count() <= len(made) + KILLED
    assert [said for each in INVARIANTS for said in each.check()] == []
    assert not list((tmp_path / "spool").glob("refused*"))


def test_two_clients_of_asyncio_stop_at_the_limit(order, site, tmp_path):
    # Given forty dollars, and sixty calls of a dollar from two gateways at once
    ask = Ask(
        order=order.public_id,
        model=MODEL,
        boundary=BOUNDARY,
        input_tokens_max=0,
        output_tokens_max=DOLLAR,
    )

    key = key_text(machine("gateway"))

    async def one(gateway, number):
        try:
            return await gateway.begin(ask, f"call-{number:04}")
        except Refused as refusal:
            return refusal.code

    async def story():
        gateways = [
            AsyncClient(
                site.url,
                key=key,
                source="gateway",
                spool=tmp_path / place,
                patience=Patience(deadline=20, one_try=10),
                background_seconds=0,
            )
            for place in "ab"
        ]
        found = await asyncio.gather(*(one(gateways[n % 2], n) for n in range(60)))
        begun = [(n, each) for n, each in enumerate(found) if not isinstance(each, str)]
        for number, each in begun:  # and none of them reached the provider
            await gateways[number % 2].end(each, ConnectionRefusedError())
        for each in gateways:
            await each.close()
        return len(begun), Counter(each for each in found if isinstance(each, str))

    # Then exactly forty were granted, and all is given back
    assert asyncio.run(story()) == (40, {"live_limit_reached": 20})
    assert ReservationEnd.objects.filter(kind="RELEASED").count() == 40
    assert [said for each in INVARIANTS for said in each.check()] == []


def test_events_that_were_not_announced_count_once(order, site, client):
    (receipt,) = client.send(event(n, order=order) for n in range(50))
    (again,) = client.send(event(n, order=order) for n in range(50))

    assert (receipt.accepted, again.duplicate) == (50, 50)
    assert UsageEvent.objects.count() == 50


def _text(path):
    return path.read_text() if path.exists() else ""


def _until(is_so, process):
    end = time.monotonic() + 60
    while not is_so():
        assert process.poll() is None, "the gateway ended by itself"
        assert time.monotonic() < end
        time.sleep(0.005)

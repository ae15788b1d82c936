"""Whatever happens to PostgreSQL, and whatever others change: never a grant too many.

A server of its own is killed while 64 callers exhaust an order. Nothing is granted
while it is down, every grant that was answered is on disk, and what is granted in the
end is exactly what fits. And what another connection has committed holds for the very
next call, although the gate keeps what it knows of an order.
"""

import asyncio
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from contracting.bans.operations.impose import impose_ban
from contracting.core import clock
from contracting.core.quantities import Dollars
from contracting.metering.gate import work
from contracting.metering.gate.bodies import Authorize, Release
from contracting.metering.gate.door import Gate
from contracting.metering.invariants import INVARIANTS
from contracting.metering.models import GateCounter, Reservation
from contracting.metering.operations.choose import choose_control
from contracting.metering.operations.fence import fence_gateway
from contracting.metering.operations.limit import limit_spending
from contracting.terminations.operations.stop import stop_work
from tests.builders_funds import DOLLAR
from tests.builders_metering import CALLED_AT, MODEL, order_for, usage_source
from tests.cast import actor, machine
from tests.own_server import own_server  # noqa: F401

CALLERS, FITS, KILLS = 64, 400, 4


def asked(name, order, tokens):
    return Authorize(
        reservation_id=f"call-{name}",
        source="gateway",
        order=order.public_id,
        model=MODEL,
        input_tokens_max=0,
        output_tokens_max=tokens,
    )


async def answer_of(gate, caller, body, verb="authorize"):
    return await gate._verbs[verb].combiner.ask(caller, body)


# PostgreSQL is killed ----------------------------------------------------------------


@pytest.fixture
def order(own_server, monkeypatch):  # noqa: F811
    """Forty dollars on a server that may be killed."""
    monkeypatch.setattr(clock, "now", lambda: CALLED_AT)
    usage_source()
    return order_for("40.00")


def test_an_order_is_exhausted_exactly_although_its_server_is_killed(
    order,
    own_server,  # noqa: F811
):
    # Given room for 400 calls, and callers that ask until the order has nothing left
    caller = work.Caller(machine("gateway"), usage_source().pk)
    tokens = 40 * DOLLAR // FITS
    dice, gate = random.Random(20_260_420), Gate()
    granted, down, over = [], [], threading.Event()

    async def spend(place):
        number, status = 0, 200
        while status != 409:
            name = f"{place}-{number}"
            answer = await answer_of(gate, caller, asked(name, order, tokens))
            status = answer.status
            assert status in (200, 409, 503), answer.body
            if status == 200:
                granted.append(f"call-{name}")
                number += 1
                await asyncio.sleep(dice.uniform(0, 0.05))
            elif status == 503:
                down.append(name)
                await asyncio.sleep(0.05)

    async def all_of_them():
        await asyncio.gather(*(spend(place) for place in range(CALLERS)))
        over.set()

    def kill():
        for _ in range(KILLS):
            if over.wait(dice.uniform(0.05, 0.4)):
                return
            own_server.kill()
            time.sleep(0.3)
            own_server.start()

    # When the server is killed again and again
    connection.close()
    try:
        with ThreadPoolExecutor(1) as pool:
            killing = pool.submit(kill)
            asyncio.run(all_of_them())
            killing.result()
    finally:
        gate.close()

    # Then it failed closed, what was told is on disk, and exactly what fits is granted
    assert own_server.killed > 0
    assert down
    ids = set(Reservation.objects.values_list("reservation_id", flat=True))
    assert set(granted) <= ids
    assert len(ids) == FITS
    assert GateCounter.objects.get().reserved_dollars == 40
    assert [said for each in INVARIANTS for said in each.check()] == []


# What another connection has committed -----------------------------------------------


@pytest.fixture
def kept(own_database, monkeypatch):
    """An order that the gate knows already, and how the next call is answered."""
    monkeypatch.setattr(clock, "now", lambda: CALLED_AT)
    usage_source()
    made, gate, number = order_for("40.00"), Gate(), iter(range(1_000))
    caller = work.Caller(machine("gateway"), usage_source().pk)

    def next_call():
        body = asked(f"next-{next(number)}", made, DOLLAR)
        answer = asyncio.run(answer_of(gate, caller, body))
        given = Release(body.reservation_id, "gateway")
        asyncio.run(answer_of(gate, caller, given, "release"))
        return answer.status, b"" if answer.status == 200 else answer.body

    assert next_call() == (200, b"")
    yield made, next_call
    gate.close()


def limited(order, officer):
    limit_spending(
        order_id=order.pk,
        scope="ORDER",
        name="",
        tokens=None,
        dollars=Dollars("0.50"),
        valid_from=CALLED_AT.date(),
        reason="The pilot is over.",
        by=officer,
        at=CALLED_AT,
    )


def stopped(order, officer):
    stop_work(
        order_id=order.pk,
        reason="SAFETY",
        text="Stop all work.",
        by=officer,
        at=CALLED_AT,
    )


def banned(order, officer):
    impose_ban(
        agency_id=order.contract.agency_id,
        vendor_id=order.contract.vendor_id,
        reason="EXCLUSION",
        citation="FAR 9.405",
        text="Excluded.",
        valid_from=CALLED_AT.date(),
        by=officer,
        at=CALLED_AT,
    )


def fenced(_order, _officer):
    fence_gateway(
        source_id=usage_source().pk, gateway="", by=machine("gateway"), at=CALLED_AT
    )


def soft(order, officer):
    choose_control(
        order_id=order.pk,
        mode="SOFT",
        lease_seconds=60,
        reason="The pilot goes on.",
        by=officer,
        at=CALLED_AT,
    )


def test_what_another_connection_commits_holds_for_the_next_call(kept):
    order, next_call = kept

    # Each change is committed by another connection than the gate's; the later ones are
    # looked at first, so that each has its own answer
    for change, code in (
        (limited, b"live_limit_reached"),
        (soft, b""),
        (banned, b"banned"),
        (stopped, b"order_stopped"),
        (fenced, b"stale_epoch"),
    ):
        change(order, actor("contracting_officer"))
        status, body = next_call()
        assert code in body, change.__name__
        assert (status == 200) == (change is soft)
    last = Reservation.objects.latest("pk")
    assert (last.lease_until - last.granted_at).total_seconds() == 60
    assert "limit" in last.beyond

"""However many ask at once, together they never get more than there is.

Thirty-two callers race over two workers for one call too few, a thousand rounds. Then
256 exhaust an order in two processes, of which one is killed on the way, a hundred
rounds. A control program that looks first and writes then shows what would happen.
"""

import asyncio
import os
import random
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, connections

from contracting.core import clock
from contracting.metering.gate import work
from contracting.metering.gate.bodies import Authorize, Release
from contracting.metering.gate.door import Gate
from contracting.metering.invariants import INVARIANTS
from contracting.metering.models import GateCounter, Reservation, ReservationEnd
from contracting.metering.operations.release_reservation import release_reservation
from contracting.operate.queries import broken_invariants
from tests.builders_funds import DOLLAR, granted, settled, spent, swept
from tests.builders_metering import (
    CALLED_AT,
    DELIVERED_AT,
    MODEL,
    order_for,
    usage_source,
)
from tests.cast import machine

ROUNDS, CALLERS = 1_000, 32
EXHAUSTED, AT_ONCE = 100, 256


@pytest.fixture
def order(own_database, monkeypatch):
    """An order of forty dollars, at the instant of its first call."""
    usage_source()
    monkeypatch.setattr(clock, "now", lambda: CALLED_AT)
    return order_for("40.00")


def asked(name, order, tokens):
    return Authorize(
        reservation_id=f"call-{name}",
        source="gateway",
        order=order.public_id,
        model=MODEL,
        input_tokens_max=0,
        output_tokens_max=tokens,
    )


async def answers(gates, caller, verb, bodies):
    """What the workers answer, each caller at the next of them."""
    combiners = [gate._verbs[verb].combiner for gate in gates]
    waiting = [
        combiners[place % len(combiners)].ask(caller, body)
        for place, body in enumerate(bodies)
    ]
    return await asyncio.gather(*waiting)


def test_one_call_too_few_in_a_thousand_rounds(order):
    # Given room for 31 calls, and two workers of the gate
    caller = work.Caller(machine("gateway"), usage_source().pk)
    tokens = 40 * DOLLAR // (CALLERS - 1)
    gates = [Gate(), Gate()]

    async def play():
        found = []
        for number in range(ROUNDS):
            bodies = [asked(f"{number}-{n}", order, tokens) for n in range(CALLERS)]
            told = await answers(gates, caller, "authorize", bodies)
            found.append(sum(answer.status == 200 for answer in told))
            given = [Release(body.reservation_id, "gateway") for body in bodies]
            await answers(gates, caller, "release", given)
        return found

    # When 32 ask at once, a thousand times
    try:
        granted_each = asyncio.run(play())
    finally:
        for gate in gates:
            gate.close()

    # Then 31 were granted, every time
    assert set(granted_each) == {CALLERS - 1}
    assert Reservation.objects.count() == ROUNDS * (CALLERS - 1)
    assert [said for each in INVARIANTS for said in each.check()] == []


def test_256_exhaust_an_order_while_workers_are_killed(order):
    # Given forty dollars, asked for in eight cents by two processes of 256 callers
    granted("warm-up", order=order, output_tokens_max=0)
    by, source = machine("gateway"), usage_source().pk
    fits, tokens = 500, 40 * DOLLAR // 500
    dice = random.Random(20_260_420)
    over, killed = [], 0

    for number in range(EXHAUSTED):
        # When both spend, and one is killed at any instant
        connections.close_all()
        first = _spender(f"{number}-a", order, tokens, by, source)
        second = _spender(f"{number}-b", order, tokens, by, source)
        if number % 4:  # and where the machine is slow to wake, at once
            time.sleep(dice.uniform(0, 0.12))
        os.kill(first, signal.SIGKILL)
        killed += os.WIFSIGNALED(os.waitpid(first, 0)[1])
        status = os.waitpid(second, 0)[1]
        assert os.waitstatus_to_exitcode(status) == 0

        # Then exactly what fits is granted, and the counter says so
        ids = list(
            Reservation.objects.filter(
                reservation_id__startswith=f"call-{number}-"
            ).values_list("reservation_id", flat=True)
        )
        over.append(len(ids) - fits)
        counter = GateCounter.objects.get()
        assert counter.reserved_dollars == 40 == counter.left_dollars
        release_reservation(source_id=source, reservation_ids=ids, by=by, at=CALLED_AT)

    assert set(over) == {0}
    assert killed > 0
    assert ReservationEnd.objects.count() == EXHAUSTED * fits
    assert [said for each in INVARIANTS for said in each.check()] == []


def _spender(name, order, tokens, by, source):
    """A process of its own that asks with 256 callers until each was refused."""
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        caller = work.Caller(by, source)
        gate = Gate()

        async def spend(place):
            status, number = 200, 0
            while status == 200:
                number += 1
                body = asked(f"{name}-{place}-{number}", order, tokens)
                (answer,) = await answers([gate], caller, "authorize", [body])
                status = answer.status
            return status

        async def all_of_them():
            return await asyncio.gather(*(spend(place) for place in range(AT_ONCE)))

        status = int(set(asyncio.run(all_of_them())) != {409})
    finally:
        os._exit(status)


def test_a_program_that_looks_first_and_writes_then_gives_too_much(order):
    # Given a balance of a hundred, and 32 that each look before they write
    granted("warm-up", order=order, output_tokens_max=0)
    kept, given, barrier = GateCounter.objects.get().pk, [], Barrier(CALLERS)

    def look_then_write(place):
        barrier.wait(timeout=60)
        for _ in range(20):
            row = GateCounter.objects.get(pk=kept)
            if row.reserved_tokens < 100:
                GateCounter.objects.filter(pk=kept).update(
                    reserved_tokens=row.reserved_tokens + 1
                )
                given.append(place)
        connection.close()

    with ThreadPoolExecutor(CALLERS) as pool:
        list(pool.map(look_then_write, range(CALLERS)))

    # Then more is given than there was
    assert len(given) > 100


def test_a_gateway_that_is_killed_settles_after_its_lease(order):
    # Given a gateway that was killed between its grant and its settlement
    granted(1, order=order)
    child = os.fork()
    if not child:
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    swept(order, DELIVERED_AT)

    # When its successor finds the call in the spool, after the lease
    (answer,) = settled(spent(1, order=order), at=DELIVERED_AT)

    # Then it counts in full
    assert (answer.state, answer.is_late) == ("settled", True)
    assert broken_invariants() == {}

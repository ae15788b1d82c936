"""Four writers with small batches: every call counts once and nobody deadlocks.

A statement that updates what several batches share passes with large batches and
deadlocks with small ones, each time at the cost of a second. The count is the
server's own.
"""

from concurrent.futures import ThreadPoolExecutor
from random import Random
from threading import Barrier

import pytest
from django.db import connection

from contracting.core import clock
from contracting.metering.models import UsageEvent, UsageLine, UsageRating, UsageSource
from contracting.metering.operations.ingest import ingest_usage
from contracting.operate.queries import broken_invariants
from tests.builders_metering import DELIVERED_AT, event, folded, ndjson, usage_source
from tests.builders_orders import issued_order
from tests.cast import machine

WRITERS = 4
BATCHES = 25
SIZE = 100
SHARED = 400
"""Calls that every writer sends, each in an order of its own."""


@pytest.fixture
def orders(own_database, monkeypatch):
    """Two signed orders and their gateway."""
    usage_source()
    monkeypatch.setattr(clock, "now", lambda: DELIVERED_AT)
    return [issued_order(), issued_order()]


def deadlocks():
    """How many the server has resolved in this database so far."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
        )
        return cursor.fetchone()[0]


def batches_of(writer, orders):
    """Its own calls and the shared ones, shuffled; orders by turns."""
    own = [
        event(f"{writer}-{n:05}", order=orders[n % 2])
        for n in range(BATCHES * SIZE - SHARED)
    ]
    shared = [event(f"shared-{n:03}", order=orders[n % 2]) for n in range(SHARED)]
    calls = own + shared
    Random(writer).shuffle(calls)
    return [ndjson(*calls[at : at + SIZE]) for at in range(0, len(calls), SIZE)]


def test_four_writers_of_small_batches_never_deadlock(orders):
    # Given four writers that send their own calls, and four hundred that all send
    source = UsageSource.objects.get()
    payloads = [batches_of(writer, orders) for writer in range(WRITERS)]
    gateway, barrier, before = machine("gateway"), Barrier(WRITERS), deadlocks()

    def write(batches):
        connection.ensure_connection()
        barrier.wait(timeout=60)
        try:
            return [
                ingest_usage(
                    source_id=source.pk, payload=payload, by=gateway, at=DELIVERED_AT
                ).batch
                for payload in batches
            ]
        finally:
            connection.close()

    # When they write at once
    with ThreadPoolExecutor(WRITERS) as pool:
        received = [batch for found in pool.map(write, payloads) for batch in found]

    folded()

    # Then no transaction was given up for another
    assert deadlocks() == before

    # And every call is stored, rated and drawn once, every row answered
    distinct = WRITERS * (BATCHES * SIZE - SHARED) + SHARED
    assert UsageEvent.objects.count() == distinct
    assert UsageLine.objects.count() == UsageRating.objects.count() == 2 * distinct
    assert sum(batch.accepted for batch in received) == distinct
    assert sum(batch.duplicate for batch in received) == (WRITERS - 1) * SHARED
    folded()
    assert broken_invariants() == {}

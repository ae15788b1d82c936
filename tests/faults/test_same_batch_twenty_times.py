"""The same batch posted from twenty threads over real connections counts once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from contracting.core import clock
from contracting.ledger.queries import balances_of
from contracting.metering.models import (
    UsageBatch,
    UsageEvent,
    UsageLine,
    UsageRating,
)
from contracting.operate.queries import broken_invariants
from tests.builders_metering import (
    CALLED_AT,
    DELIVERED_AT,
    event,
    folded,
    ndjson,
    usage_source,
)
from tests.builders_orders import issued_order
from tests.cast import key_client, machine

BATCH = "/api/v1/usage/events:batch"
POSTERS = 20
ROWS = 50


@pytest.fixture
def order(own_database, monkeypatch):
    """A signed order, its gateway, and doors that read the day of the story."""
    usage_source()
    signed = issued_order()
    monkeypatch.setattr(clock, "now", lambda: DELIVERED_AT)
    return signed


def post_at_one_instant(payloads):
    """Each through the API, on a connection of its own, at one barrier."""
    barrier = Barrier(len(payloads))
    clients = [key_client(machine("gateway")) for _ in payloads]

    def post(client, payload):
        connection.ensure_connection()
        barrier.wait(timeout=60)
        try:
            return client.post(BATCH, payload, content_type="application/x-ndjson")
        finally:
            connection.close()

    with ThreadPoolExecutor(len(payloads)) as pool:
        return list(pool.map(post, clients, payloads))


def test_one_batch_is_accepted_and_nineteen_are_duplicates(order):
    # Given a batch of fifty calls
    payload = ndjson(*(event(n, order=order, at=CALLED_AT) for n in range(ROWS)))

    # When twenty threads post it at once
    answers = post_at_one_instant([payload] * POSTERS)

    # Then each gets its receipt: one of them accepted, the others duplicate, row by row
    folded()
    assert {answer.status_code for answer in answers} == {200}
    told = sorted(
        (answer.json()["accepted"], answer.json()["duplicate"]) for answer in answers
    )
    assert told == [(0, ROWS)] * (POSTERS - 1) + [(ROWS, 0)]
    assert UsageBatch.objects.count() == POSTERS

    # And every call is stored, rated and drawn once
    assert UsageEvent.objects.count() == ROWS
    assert UsageLine.objects.count() == UsageRating.objects.count() == 2 * ROWS
    folded()
    (balance,) = balances_of(order.lines.get().holder)
    assert balance.consumed_tokens == ROWS * 1_100
    assert broken_invariants() == {}


def test_overlapping_batches_of_two_contents_count_each_id_once(order):
    # Given ten windows over a hundred calls, each posted with two contents
    payloads = [
        ndjson(
            *(
                event(n, order=order, tokens={"input": tokens})
                for n in range(start, start + 30)
            )
        )
        for start in range(0, 71, 7)
        for tokens in (100, 200)
    ][:POSTERS]

    # When they arrive at once
    answers = post_at_one_instant(payloads)

    # Then every row has a verdict, each id is stored with one content, sums hold
    folded()
    assert {answer.status_code for answer in answers} <= {200, 207}
    accepted = sum(answer.json()["accepted"] for answer in answers)
    assert accepted == UsageEvent.objects.count() == 93
    lines = list(UsageLine.objects.values_list("tokens", flat=True))
    assert set(lines) <= {100, 200}
    folded()
    (balance,) = balances_of(order.lines.get().holder)
    assert balance.consumed_tokens == sum(lines)
    assert broken_invariants() == {}

"""Eight writers, four orders that run out, funds that come, and a poisoned delta."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from threading import Barrier, Event
from typing import Any

from django.db import connection

from contracting.core import clock
from contracting.core.actors import SYSTEM
from contracting.core.quantities import Dollars
from contracting.ledger.models import Balance, ParkedDelta, UsageDelta
from contracting.ledger.queries import balances_of
from contracting.metering.models import UsageFold, UsageRating
from contracting.metering.operations.fold_all import fold_all
from contracting.metering.operations.ingest import ingest_usage
from contracting.operate.queries import broken_invariants
from tests.builders_metering import (
    CALLED_AT,
    DELIVERED_AT,
    event,
    ndjson,
    order_for,
    usage_source,
)
from tests.builders_orders import awarded_contract
from tests.cast import machine
from tests.metering.plain_draw import PlainCall, drawn
from tests.metering.test_fold import CODES, RATES, modified
from tests.ratified import ratified

WRITERS, BATCHES, SIZE, ORDERS = 8, 6, 25, 4
FUNDS, ADDED = Decimal("0.20"), Decimal("0.10")


def test_eight_writers_and_one_roller_come_to_what_was_used(own_database):
    # Given four orders that run out in the middle, and calls in no order of time
    contract = awarded_contract()
    orders = [
        order_for(f"{FUNDS}", on=contract, title=f"Order {number}")
        for number in range(ORDERS)
    ]
    source, gateway = usage_source(), machine("gateway")
    chance = random.Random(5)
    calls: dict[int, list[Any]] = {order.pk: [] for order in orders}
    batches = [
        [
            ndjson(
                *(one(chance, f"{w:02}-{b}-{n:02}", orders, calls) for n in range(SIZE))
            )
            for b in range(BATCHES)
        ]
        for w in range(WRITERS)
    ]
    barrier, done = Barrier(WRITERS + 2), Event()

    def write(payloads):
        connection.ensure_connection()
        barrier.wait(timeout=60)
        try:
            for payload in payloads:
                ingest_usage(
                    source_id=source.pk, payload=payload, by=gateway, at=DELIVERED_AT
                )
        finally:
            connection.close()

    def roll():
        connection.ensure_connection()
        barrier.wait(timeout=60)
        try:
            while not done.is_set():
                fold_all(by=SYSTEM, at=clock.now())
        finally:
            connection.close()

    # When all write at once, funds come meanwhile, and a delta is broken; whatever use
    # beyond the funds there is by then was ratified
    for order in orders[:2]:
        ratified(order, Dollars("1000.00"), at=DELIVERED_AT)
    with ThreadPoolExecutor(WRITERS + 1) as pool:
        writing = [pool.submit(write, payloads) for payloads in batches]
        rolling = pool.submit(roll)
        try:
            barrier.wait(timeout=60)
            for order in orders[:2]:
                modified(order, f"{ADDED}")
            samples = 0
            while not all(each.done() for each in writing):
                assert_funded_within_the_obligation()
                samples += 1
            for each in writing:
                each.result()
        finally:
            done.set()
        rolling.result()
    ingest_usage(
        source_id=source.pk,
        payload=ndjson(event("poison", order=orders[3], tokens={"output": 10})),
        by=gateway,
        at=DELIVERED_AT,
    )
    UsageDelta.objects.filter(tokens=10, events=1).update(dollars=7)
    fold_all(by=SYSTEM, at=clock.now(), wait=True)
    assert fold_all(by=SYSTEM, at=clock.now(), wait=True) == 0

    # Then one delta is parked, and every balance is what adding up by hand says
    assert [row.tokens for row in ParkedDelta.objects.all()] == [10]
    funded = (FUNDS + ADDED, FUNDS + ADDED, FUNDS, FUNDS)
    for order, funds in zip(orders, funded, strict=True):
        (row,) = balances_of(order.lines.get().holder)
        stands = (
            row.consumed_tokens,
            row.consumed_dollars,
            row.unfunded_tokens,
            row.unfunded_dollars,
        )
        assert [stands] == drawn(calls[order.pk], RATES, [funds], 20_000_000)
        assert row.unfunded_tokens > 0
    rated = UsageRating.objects.exclude(event_id="call-poison")
    assert sum(rated.values_list("tokens", flat=True)) == sum(
        UsageFold.objects.values_list("tokens", flat=True)
    )
    (parked,) = ParkedDelta.objects.all()
    ParkedDelta.objects.update(dollars=parked.exact)  # what broke it is put right
    assert broken_invariants() == {}
    report(samples)


def batch(chance, name, orders, calls):
    return ndjson(*(one(chance, f"{name}-{n:02}", orders, calls) for n in range(SIZE)))


def one(chance, number, orders, calls):
    order = chance.choice(orders)
    at = CALLED_AT - timedelta(minutes=chance.randrange(600))
    tokens = {name: chance.randrange(400) for name in chance.sample(list(CODES), 2)}
    told = tuple((CODES[name], count) for name, count in tokens.items())
    calls[order.pk].append(PlainCall(at, f"call-{number}", told))
    return event(number, order=order, tokens=tokens, at=at)


def assert_funded_within_the_obligation():
    for row in Balance.objects.all():
        assert row.payable_dollars <= row.obligated_dollars


def report(samples):
    """How long usage has waited for its fold: measured, no bar on a busy machine."""
    lags = sorted(
        (fold.recorded_at - fold.written_at).total_seconds()
        for fold in UsageFold.objects.exclude(written_at=None)
        if fold.written_at is not None
    )
    p99 = lags[int(len(lags) * 0.99)]
    print(  # noqa: T201 (a figure for whoever runs it)
        f"{len(lags)} folds, lag median {lags[len(lags) // 2]:.2f} s, "
        f"99th percentile {p99:.2f} s, {samples} samples"
    )

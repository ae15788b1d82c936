"""Fifty workers at one instant, whose work names the same rows in opposite orders.

Two contracts, two lines of accounting, and orders that are paid from both: half of them
name one first, half the other. Batches of usage name the running orders forwards and
backwards, modifications add to their funds the same two ways, and use crosses the
shares at which both sides get notice. Nobody waits in a circle: the database counts no
deadlock, and the books say what plain sums say.
"""

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from itertools import product
from threading import Barrier

import pytest
from django.db import OperationalError, connection

from contracting.core.quantities import Dollars, Tokens
from contracting.ledger.models import Balance, FundsBalance
from contracting.metering.models import UsageEvent
from contracting.metering.operations.ingest import ingest_usage
from contracting.operate.queries import broken_invariants
from contracting.orders.models import Modification, TaskOrder
from contracting.orders.operations.certify import certify_task_order_funds
from contracting.orders.operations.issue import issue_task_order
from contracting.orders.operations.issue_modification import issue_modification
from contracting.orders.states import EffectDraft, FundsDraft, TaskOrderState
from tests.builders_fair import LARKSPUR, held_by, two_holders
from tests.builders_metering import (
    CALLED_AT,
    DELIVERED_AT,
    event,
    folded,
    ndjson,
    usage_source,
)
from tests.builders_orders import (
    ISSUED_AT,
    MODIFIED_AT,
    approved_order,
    certified_order,
    funded_modification,
    issued_order,
    line,
    line_of_accounting,
)
from tests.cast import VENDOR_A, VENDOR_B, actor
from tests.metering.test_declare_record import declared

WORKERS = 50
BATCHES, CALLS, TOKENS = 20, 2, 1_100_000
"""Each batch brings every running order two calls of 1.1 million tokens: $4.40."""

PRICES = {VENDOR_A: Decimal("2.00"), VENDOR_B: Decimal("2.25")}
"""Of a million uncached input tokens, by whose contract it is."""

PART = Dollars("20.00")
ADDED = Dollars("5.00")
ROUNDS = range(5 if os.environ.get("FULL") else 1)

Work = Callable[[], object]


@pytest.fixture
def world(own_database):
    """Two contracts, and what is paid from one or the other line first."""
    first = two_holders()
    return (first, held_by(LARKSPUR, beside=first)), (
        line_of_accounting(label="Region east"),
        line_of_accounting(label="Region west"),
    )


def paid_from(funds):
    """A line of an order that draws on these lines of accounting, in this order."""
    drafts = [
        FundsDraft("AA", funds[0].pk, PART, ceiling_dollars=Dollars("30.00")),
        FundsDraft("AB", funds[1].pk, PART),
    ]
    return [line(tokens=Tokens(50_000_000), funds=drafts)]


def opposite(rows, number):
    """The rows forwards, or backwards for every other number."""
    return rows if number % 2 else rows[::-1]


def made(build, world, count):
    """That many, by turns under either contract and from either line first."""
    contracts, funds = world
    return [
        build(on=contracts[number % 2], lines=paid_from(opposite(funds, number // 2)))
        for number in range(count)
    ]


def certifying(order) -> Work:
    return lambda: certify_task_order_funds(
        order_id=order.pk,
        by=actor("funds_certifier"),
        at=ISSUED_AT,
        seen_version=order.version,
    )


def issuing(order) -> Work:
    return lambda: issue_task_order(
        order_id=order.pk,
        by=actor("contracting_officer"),
        at=ISSUED_AT,
        seen_version=order.version,
    )


def modifying(order, number) -> Work:
    ready = funded_modification(
        on=order,
        effects=[
            EffectDraft(clin="0001", acrn=acrn, add_dollars=ADDED)
            for acrn in opposite(("AA", "AB"), number)
        ],
    )
    return lambda: issue_modification(
        modification_id=ready.pk,
        by=actor("second_contracting_officer"),
        at=MODIFIED_AT,
        seen_version=ready.version,
    )


def delivering(running, number, source) -> Work:
    """A batch of one source, that names the orders forwards or backwards."""
    payload = ndjson(
        *(
            event(
                f"{number}-{order.pk}-{call}",
                order=order,
                tokens={"input": TOKENS},
                at=CALLED_AT + timedelta(seconds=number),
                source=source.code,
                key_ref=source.code,
            )
            for order in opposite(running, number)
            for call in range(CALLS)
        )
    )
    return lambda: ingest_usage(
        source_id=source.pk, payload=payload, by=actor("cor"), at=DELIVERED_AT
    )


def done_at_one_instant(work):
    """Everybody on a connection of their own; who waited too long tries once more."""
    barrier = Barrier(len(work))

    def does(verb):
        connection.ensure_connection()
        barrier.wait(timeout=60)
        try:
            while True:
                try:
                    return verb()
                except OperationalError as error:
                    if "lock timeout" not in str(error):
                        raise
        finally:
            connection.close()

    with ThreadPoolExecutor(len(work)) as pool:
        list(pool.map(does, work))
    folded()


def deadlocks():
    """As the database has counted them in this database.

    The counts of a session are told when it ends, and at the latest a second later.
    """
    time.sleep(1.5)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
        )
        return cursor.fetchone()[0]


@pytest.mark.parametrize("number", ROUNDS)
def test_nobody_waits_in_a_circle(world, number):
    # Given work for fifty that names the same rows in opposite orders
    running = made(issued_order, world, 4)
    to_sign = made(certified_order, world, 13)
    to_certify = made(approved_order, world, 13)
    sources = [usage_source(code) for code in ("gateway", "second-gateway")]
    for order, source in product(running, sources):
        declared(order, code=source.code, key_ref=source.code)
    work = [
        *map(certifying, to_certify),
        *map(issuing, to_sign),
        *(modifying(order, place) for place, order in enumerate(running)),
        *(delivering(running, n, sources[n // 2 % 2]) for n in range(BATCHES)),
    ]
    assert len(work) == WORKERS
    before = deadlocks()

    # When all of it is done at one instant
    done_at_one_instant(work)

    # Then nobody waited for somebody who waited for them
    assert deadlocks() == before
    # And everything was done, once
    signed = TaskOrder.objects.filter(state=TaskOrderState.ISSUED)
    assert signed.count() == len(running) + len(to_sign)
    assert Modification.objects.exclude(number="").count() == len(running)
    assert UsageEvent.objects.count() == BATCHES * len(running) * CALLS
    millions = Decimal(BATCHES * CALLS * TOKENS) / 1_000_000
    for order in running:
        rows = Balance.objects.filter(line__holder_id=order.current_lines()[0].pk)
        used = sum(row.consumed_dollars + row.unfunded_dollars for row in rows)
        assert used == millions * PRICES[order.contract.vendor.name]
    for row in FundsBalance.objects.filter(
        line_of_accounting__label__startswith="Region"
    ):
        bound = signed.count() * PART.amount + len(running) * ADDED.amount
        assert row.obligated_dollars == bound
        assert row.committed_dollars == len(to_certify) * PART.amount
    assert broken_invariants() == {}

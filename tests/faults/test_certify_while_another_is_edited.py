"""Two orders of one contract and one line of accounting change at one instant."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, BrokenBarrierError

from django.db import connection

from contracting.ledger.invariants import INVARIANTS
from contracting.ledger.operations import release
from contracting.ledger.queries import balances_of
from contracting.orders.operations import certify
from contracting.orders.operations.certify import certify_task_order_funds
from contracting.orders.operations.edit import edit_task_order
from tests.builders_orders import (
    ISSUED_AT,
    approved_order,
    awarded_contract,
    certified_order,
)
from tests.cast import actor

MOMENT = 0.5
"""Seconds that each waits for the other in the middle of its own verb."""


def meet(monkeypatch):
    """Each stops where it holds its first locks, until the other is there too."""
    barrier = Barrier(2)

    def stops(module, name):
        verb = getattr(module, name)

        def stop():
            try:
                barrier.wait(timeout=MOMENT)
            except BrokenBarrierError:
                return

        def after(*args, **more):
            done = verb(*args, **more)
            stop()
            return done

        def before(*args, **more):
            stop()
            return verb(*args, **more)

        return after, before

    after_opening, _ = stops(certify, "open_balances")
    _, before_recording = stops(release, "record_event")
    monkeypatch.setattr(certify, "open_balances", after_opening)
    monkeypatch.setattr(release, "record_event", before_recording)


def test_certifying_one_and_editing_the_other_never_wait_for_each_other(
    own_database, monkeypatch
):
    # Given an order to be certified, and one whose funds are committed already
    contract = awarded_contract()
    first = approved_order(on=contract)
    second = certified_order(on=contract, title="Second pilot")
    meet(monkeypatch)
    certifier, manager = actor("funds_certifier"), actor("program_manager")

    def certifies():
        certify_task_order_funds(
            order_id=first.pk, by=certifier, at=ISSUED_AT, seen_version=first.version
        )

    def edits():
        edit_task_order(
            order_id=second.pk,
            terms={"title": "Another pilot"},
            by=manager,
            at=ISSUED_AT,
            seen_version=second.version,
        )

    def alone(verb):
        connection.ensure_connection()
        try:
            verb()
        finally:
            connection.close()

    # When both happen at one instant
    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(alone, verb) for verb in (certifies, edits)]:
            done.result(timeout=30)

    # Then both are done: one is committed, the other is released
    (row,) = balances_of(first.current_lines()[0].holder)
    assert row.committed_dollars == 40
    (row,) = balances_of(second.current_lines()[0].holder)
    assert row.committed_dollars == 0
    assert [said for each in INVARIANTS for said in each.check()] == []

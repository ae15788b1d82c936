"""A worker is killed in the middle of a long comparison; the next one goes on."""

from __future__ import annotations

import os
import random
import signal
import time
from datetime import timedelta

import pytest
from django.db import connections

from contracting.core import clock
from contracting.documents.operations import work_operation as work
from contracting.documents.states import OperationState
from contracting.reconciliation.matching import kept, reading, told
from contracting.reconciliation.models import Finding, KeptDay, ReconciliationRun
from contracting.reconciliation.operations import reconcile
from contracting.reconciliation.operations.reconcile_in_steps import (
    reconcile_in_steps,
)
from tests.builders_billing import COMPARED_AT, compared
from tests.builders_orders import issued_order
from tests.cast import actor
from tests.two_sides import counted_by_the_gateway, told_by_the_vendor, world_of

INSTANTS = 20
PLACES = {
    "before days are read": (kept, "read_parts", False),
    "when days are read and not kept": (kept, "as_kept", False),
    "when days are kept and not accounted for": (kept, "_read", True),
    "after a step": (work, "_step", True),
    "when a day is told and not kept": (told, "_tell", True),
    "while findings are filed": (reconcile, "_file", True),
    "when all is found and nothing is committed": (reconcile, "record_event", True),
}


@pytest.fixture
def order(own_database, monkeypatch):
    """An order of some days with differences, compared one day in a step."""
    monkeypatch.setattr(clock, "now", lambda: COMPARED_AT)
    monkeypatch.setattr(reading, "LINES_AT_ONCE", 1)
    signed = issued_order()
    world = world_of(13)
    for fault in ("lost by the vendor", "listed twice", "miscounted"):
        world.plant(fault)
    counted_by_the_gateway(signed, world)
    told_by_the_vendor(signed, world)
    return signed


def asked(order):
    later = clock.now() + timedelta(seconds=1)
    clock.now = lambda: later
    return reconcile_in_steps(order_id=order.pk, by=actor("cor"), at=later)


def forked(operation, before=lambda: None):
    """A worker of its own at that operation."""
    connections.close_all()
    child = os.fork()
    if child:
        return child
    try:
        before()
        work.work_operation(operation_id=operation.pk)
    finally:
        os._exit(0)


def is_killed(child) -> bool:
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def dies_at(place):
    """The process ends where that is called, or as soon as it has returned."""
    module, name, after = PLACES[place]
    inner = getattr(module, name)

    def dies(*args, **kwargs):
        if after:
            inner(*args, **kwargs)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(module, name, dies)


def taken_up(operation):
    """The operation as another worker leaves it, once the database lets it go.

    A statement under way ends on the server, whatever became of its worker.
    """
    for _ in range(300):
        done = work.work_operation(operation_id=operation.pk)
        if done is not None:
            return done
        time.sleep(0.1)
    raise AssertionError("nobody lets go of the operation")


def took(order) -> float:
    """Seconds of a comparison that nobody disturbs."""
    began = time.monotonic()
    assert not is_killed(forked(asked(order)))
    return time.monotonic() - began


def went_on(operation, order, whole):
    """Another worker ends it: one run more, of the same result, nothing found twice."""
    before = ReconciliationRun.objects.count()
    done = taken_up(operation)
    assert (done.state, done.done) == (OperationState.SUCCEEDED, done.total)
    run = ReconciliationRun.objects.latest("pk")
    assert done.result_path == run.path
    assert ReconciliationRun.objects.count() <= before + 1
    assert run.inputs_sha256 == whole.inputs_sha256
    assert run.result_sha256 == whole.result_sha256
    found = Finding.objects.filter(order=order)
    assert found.count() == len(set(found.values_list("fingerprint", flat=True)))


def test_every_place_at_which_it_may_end_is_made_good(order):
    for place in PLACES:
        # Given a comparison with nothing told yet, whose worker is killed just there
        KeptDay.objects.update(told={})
        operation = asked(order)
        made = ReconciliationRun.objects.count()
        assert is_killed(forked(operation, lambda place=place: dies_at(place))), place
        assert ReconciliationRun.objects.count() == made, place

        # When another worker takes it up, it has the result of an undisturbed one
        done = taken_up(operation)
        run = ReconciliationRun.objects.latest("pk")
        assert done.state == OperationState.SUCCEEDED, place
        assert ReconciliationRun.objects.count() == made + 1, place
        whole = compared(order)
        assert run.result_sha256 == whole.result_sha256, place
        assert run.inputs_sha256 == whole.inputs_sha256, place
    assert not Finding.objects.filter(occurrence__gt=1).exists()
    assert Finding.objects.filter(order=order).exists()


def test_any_instant_at_which_it_may_end_is_made_good(order):
    # Given how long an undisturbed comparison takes
    whole = compared(order)
    seconds = min(took(order), took(order))
    dice = random.Random(20)

    # When its worker is killed at twenty random instants
    killed = 0
    for _ in range(3 * INSTANTS):
        operation = asked(order)
        child = forked(operation)
        time.sleep(dice.uniform(0, seconds))
        os.kill(child, signal.SIGKILL)
        if is_killed(child):
            killed += 1
        else:  # it was done: the machine has less to do than when it was timed
            seconds *= 0.8

        # Then the next one has the same result each time
        went_on(operation, order, whole)
        if killed == INSTANTS:
            break
    assert killed == INSTANTS
    assert KeptDay.objects.filter(order=order).count() == operation.total

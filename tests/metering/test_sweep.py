"""A lease that is over holds nothing any more."""

from datetime import timedelta

import pytest

from contracting.audit.models import AuditEvent
from contracting.core.errors import NotAllowed
from contracting.metering.models import FundsGate, GateCounter
from contracting.metering.operations.sweep import sweep_reservations
from contracting.metering.queries.control import gates_to_sweep
from tests.builders_funds import answers, asking, granted, settled, spent, swept
from tests.builders_metering import (
    CALLED_AT,
    assert_the_books_balance,
    usage_source,
)
from tests.cast import nothing_happens

pytestmark = pytest.mark.django_db

OVER = CALLED_AT + timedelta(minutes=10)


def test_leases_that_are_over_end_and_the_others_stay(order):
    # Given two grants, one of them five minutes later
    answers(asking(1, order=order))
    answers(asking(2, order=order), at=CALLED_AT + timedelta(minutes=5))
    assert gates_to_sweep(OVER - timedelta(seconds=1)) == []
    gate = FundsGate.objects.get(order=order)
    assert gates_to_sweep(OVER) == [gate.pk]

    # When the first lease is over
    assert swept(order, OVER) == 1

    # Then the other is still reserved, and nothing is left to do
    assert GateCounter.objects.get(gate=gate).reserved_dollars == 1
    assert gates_to_sweep(OVER) == []
    event = AuditEvent.objects.get(event="metering.reservations.swept")
    assert event.read["data"]["calls"] == 1
    assert_the_books_balance()


def test_a_sweep_counts_what_has_come_free(order):
    granted(order=order)
    settled(spent(order=order))
    assert gates_to_sweep(CALLED_AT) == [FundsGate.objects.get(order=order).pk]

    assert swept(order, CALLED_AT) == 0

    assert GateCounter.objects.get(gate__order=order).reserved_dollars == 0
    assert gates_to_sweep(CALLED_AT) == []


def test_a_sweep_may_run_twice(order):
    granted(order=order)

    assert [swept(order, OVER), swept(order, OVER)] == [1, 0]
    assert_the_books_balance()


def test_what_a_lease_held_is_room_for_the_next(order):
    answers(*(asking(n, order=order) for n in range(40)))
    swept(order, OVER)

    assert granted("next", order=order, at=OVER).calls == 1


def test_only_the_schedule_sweeps(order, contracting_officer):
    granted(order=order)
    gate = FundsGate.objects.get(order=order)
    usage_source()

    with nothing_happens(), pytest.raises(NotAllowed):
        sweep_reservations(gate_id=gate.pk, by=contracting_officer, at=OVER)

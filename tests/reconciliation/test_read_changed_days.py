"""A night reads what has changed, and finds what it would find in everything."""

from __future__ import annotations

from datetime import timedelta

import pytest

from contracting.reconciliation import queries
from contracting.reconciliation.matching import kept, reading
from contracting.reconciliation.models import KeptDay
from contracting.reconciliation.operations.read_changed_days import read_changed_days
from contracting.reconciliation.operations.reconcile import reconcile_order
from tests.builders_billing import COMPARED_AT, Call, reported, used
from tests.cast import actor
from tests.histories import a_history
from tests.two_sides import counted_by_the_gateway, told_by_the_vendor, world_of

DAY = timedelta(days=1)


def night(order, at=COMPARED_AT):
    """What the nightly job makes of one order."""
    while read_changed_days(order_id=order.pk, by=actor("cor"), at=at):
        pass
    return reconcile_order(order_id=order.pk, changed_only=True, by=actor("cor"), at=at)


@pytest.fixture
def read(monkeypatch):
    """The days that were read from the tables, in order."""
    days = []

    def counted(asked):
        days.extend(asked.days.all())
        return reading.read_parts(asked)

    monkeypatch.setattr(kept, "read_parts", counted)
    return days


@pytest.mark.parametrize("seed", range(3))
def test_every_night_of_a_history_equals_a_full_comparison(order, seed):
    for number, step in enumerate(a_history(order, seed)):
        run = night(order, COMPARED_AT + number * DAY)

        again = queries.compared_again(run)
        assert again == (run.inputs_sha256, run.result_sha256), step


def test_a_night_without_a_change_reads_nothing(order, read):
    reported(order)
    first = night(order)
    read.clear()

    again = night(order, COMPARED_AT + DAY)

    assert read == []
    assert again.result_sha256 == first.result_sha256


def test_only_the_days_beside_a_change_are_read(order, read):
    # Given an order whose last day is far from its first
    used(order, [Call("r-8", {"OUT_TEXT": 5}, minute=8 * 1440)], at=COMPARED_AT + DAY)
    night(order)
    read.clear()

    # When a call of the last day comes late
    used(
        order,
        [Call("r-9", {"OUT_TEXT": 7}, minute=8 * 1440 + 1)],
        at=COMPARED_AT + 2 * DAY,
    )
    run = night(order)

    # Then the first day is not read again, and counts all the same
    assert {str(day) for day in read} == {"2026-04-28"}
    assert run.a_tokens == 862_350 + 12


def test_what_is_kept_may_be_thrown_away(order):
    world = world_of(7)
    counted_by_the_gateway(order, world)
    told_by_the_vendor(order, world)
    first = night(order)

    KeptDay.objects.all().delete()

    assert night(order).result_sha256 == first.result_sha256

"""A large order is compared in steps, and nothing is found twice."""

from __future__ import annotations

from contracting.documents.operations.work_operation import work_operation
from contracting.documents.states import OperationState
from contracting.reconciliation.matching import reading
from contracting.reconciliation.models import Finding, KeptDay, ReconciliationRun
from contracting.reconciliation.operations.reconcile_in_steps import (
    reconcile_in_steps,
)
from tests.builders_billing import COMPARED_AT, compared
from tests.cast import actor
from tests.two_sides import counted_by_the_gateway, told_by_the_vendor, world_of


def test_a_long_comparison_is_made_in_steps(order, monkeypatch):
    # Given an order with a difference, of which a step takes one day
    world = world_of(11)
    counted_by_the_gateway(order, world)
    told_by_the_vendor(order, world)
    whole = compared(order)
    monkeypatch.setattr(reading, "LINES_AT_ONCE", 1)

    # When its representative has it compared anew, twice at once
    by = actor("cor")
    asked = reconcile_in_steps(order_id=order.pk, by=by, at=COMPARED_AT)
    assert reconcile_in_steps(order_id=order.pk, by=by, at=COMPARED_AT) == asked
    done = work_operation(operation_id=asked.pk)
    assert done is not None

    # Then every day was a step, and the result is that of all days at once
    run = ReconciliationRun.objects.latest("pk")
    assert (done.state, done.done, done.total) == (
        OperationState.SUCCEEDED,
        done.total,
        KeptDay.objects.count(),
    )
    assert done.result_path == run.path
    assert run.result_sha256 == whole.result_sha256
    assert Finding.objects.filter(occurrence__gt=1).count() == 0

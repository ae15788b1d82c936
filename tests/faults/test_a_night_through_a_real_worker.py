"""The nightly comparison is made by another process, and a difference found once."""

from contracting.reconciliation import tasks
from contracting.reconciliation.models import Finding, ReconciliationRun
from tests.builders_billing import CALLS, COMPARED_AT, reported, used
from tests.builders_orders import issued_order
from tests.workers import eventually


def test_a_night_that_runs_twice_finds_a_difference_once(worker):
    # Given an order whose vendor lists a call twice
    order = issued_order()
    used(order)
    reported(order, [*CALLS, CALLS[1]])

    # When the night comes, and its message comes twice
    for _ in range(2):
        tasks.reconcile_nightly.delay(COMPARED_AT.isoformat())

    # Then the worker has compared the order twice, with one result and one finding
    runs = ReconciliationRun.objects.filter(order=order)
    eventually(lambda: runs.count() == 2)
    assert len({run.result_sha256 for run in runs}) == 1
    assert [row.code for row in Finding.objects.filter(order=order)] == ["DUPLICATE"]

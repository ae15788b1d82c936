"""The nightly job compares every order and every open invoice, come what may."""

from __future__ import annotations

import pytest

from contracting.core import clock
from contracting.notices.models import Notice
from contracting.reconciliation import tasks
from contracting.reconciliation.models import ReconciliationRun
from contracting.reconciliation.operations import reconcile_all as job
from contracting.reconciliation.operations.reconcile import reconcile_order
from tests.builders_billing import COMPARED_AT
from tests.cast import actor, person


def test_every_order_and_every_open_invoice_is_compared(order, invoice):
    night = job.reconcile_all(at=COMPARED_AT)

    assert (night.made, night.failed) == (2, [])
    assert set(ReconciliationRun.objects.values_list("order", "invoice")) == {
        (order.pk, None),
        (order.pk, invoice.pk),
    }


def test_one_failure_stops_no_other_comparison(order, invoice, monkeypatch, caplog):
    # Given an invoice on which the comparison breaks
    def breaks_on_invoices(*, invoice_id, **more):
        if invoice_id is None:
            return reconcile_order(invoice_id=None, **more)
        message = "a row was never expected"
        raise ZeroDivisionError(message)

    monkeypatch.setattr(job, "reconcile_order", breaks_on_invoices)

    # When the night comes
    night = job.reconcile_all(at=COMPARED_AT)

    # Then the order is compared, and a contracting officer is told what was not
    assert (night.made, night.failed) == (1, [invoice.number])
    assert ReconciliationRun.objects.count() == 1
    told = Notice.objects.get(
        title__startswith="The nightly comparison",
        recipient_user=person(actor("contracting_officer")),
    )
    assert "a row was never expected" not in told.body
    assert "was not reconciled" in caplog.text


def test_the_task_reads_the_clock_and_counts(order, invoice, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: COMPARED_AT)

    assert tasks.reconcile_nightly() == 2
    assert tasks.reconcile_nightly(COMPARED_AT.isoformat()) == 2
    assert ReconciliationRun.objects.order_by("pk")[0].ran_at == COMPARED_AT


@pytest.mark.usefixtures("order")
def test_the_task_says_what_was_not_compared(monkeypatch, caplog):
    def breaks(**_more):
        message = "the meter is gone"
        raise RuntimeError(message)

    monkeypatch.setattr(job, "reconcile_order", breaks)

    assert tasks.reconcile_nightly(COMPARED_AT.isoformat()) == 0
    assert "Not compared tonight" in caplog.text

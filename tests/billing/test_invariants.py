"""The invariants of billing hold, and would notice if they did not."""

from __future__ import annotations

from datetime import timedelta

from contracting.billing.invariants import INVARIANTS
from contracting.billing.models import Invoice, InvoiceLine, UsageReport
from contracting.billing.operations.return_invoice import return_invoice
from tests.builders_billing import INVOICED_AT, invoiced, reported
from tests.cast import actor


def broken():
    return {each.code for each in INVARIANTS if each.exceptions()}


def test_they_hold_from_report_to_return(order):
    reported(order)
    invoice = invoiced(order)
    assert broken() == set()

    return_invoice(
        invoice_id=invoice.pk,
        reasons=["No."],
        by=actor("cor"),
        at=INVOICED_AT + timedelta(days=1),
    )

    assert broken() == set()


def test_a_total_that_is_no_sum_is_noticed(order):
    invoice = invoiced(order)
    Invoice.objects.filter(pk=invoice.pk).update(total_dollars="9.99")

    assert broken() == {"BIL-1"}


def test_a_void_line_of_a_live_invoice_is_noticed(order):
    invoice = invoiced(order)
    InvoiceLine.objects.filter(invoice=invoice).update(voided_at=INVOICED_AT)

    assert broken() == {"BIL-2"}


def test_a_report_without_its_rows_is_noticed(order):
    report = reported(order)
    report.pk, report.public_id, report.label = None, "", "R-2"
    report.save(force_insert=True)

    assert UsageReport.objects.count() == 2
    assert broken() == {"BIL-3"}

"""The daily job looks at every invoice that waits."""

from __future__ import annotations

from contracting.billing.operations.remind_all import remind_all
from contracting.billing.tasks import remind_of_invoices_daily
from contracting.reconciliation.operations.accept import accept_usage
from tests.billing.test_remind import DAY, FRIDAY
from tests.builders_billing import compared, invoiced, reported, used
from tests.cast import actor


def test_a_schedule_that_stood_still_tells_both_at_once(order):
    invoiced(order, at=FRIDAY)

    assert remind_of_invoices_daily((FRIDAY + 9 * DAY).isoformat()) == 2
    assert remind_all(at=FRIDAY + 10 * DAY) == 0


def test_nobody_is_told_of_what_is_accepted(order):
    used(order)
    reported(order)
    invoice = invoiced(order, at=FRIDAY)
    compared(order, invoice, at=FRIDAY + DAY)
    accept_usage(invoice_id=invoice.pk, by=actor("cor"), at=FRIDAY + DAY)

    assert remind_all(at=FRIDAY + 9 * DAY) == 0

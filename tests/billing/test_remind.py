"""Who is to act on an invoice is told on its days, once each."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from contracting.billing.models import InvoiceReminder
from contracting.billing.operations.remind import remind_of_invoice
from contracting.billing.operations.remind_all import remind_all
from contracting.billing.queries.clocks import reminders_due, return_by
from contracting.billing.states import ReminderKind
from contracting.core.actors import SYSTEM
from contracting.core.errors import NotAllowed
from contracting.notices.models import Notice
from tests.builders_billing import invoiced
from tests.cast import actor, client_for, nothing_happens, person

DAY = timedelta(days=1)
FRIDAY = datetime(2026, 5, 22, 15, tzinfo=UTC)
"""Memorial Day is the Monday after."""


def told(invoice):
    rows = Notice.objects.filter(subject_kind="billing.invoice", title__contains="wait")
    return {(row.recipient_user_id, row.title) for row in rows}


def test_each_is_told_once_in_calendar_days(order):
    # Given an invoice that comes before a long weekend
    invoice = invoiced(order, at=FRIDAY)
    assert reminders_due(invoice) == [
        (ReminderKind.REVIEW, date(2026, 5, 24)),
        (ReminderKind.MATCH, date(2026, 5, 27)),
    ]
    assert return_by(invoice) == date(2026, 5, 29)

    # When the schedule comes every day, and twice on one
    sent = [remind_all(at=FRIDAY + n * DAY) for n in (0, 1, 2, 2, 3, 4, 5, 6)]

    # Then the representative hears on the second day, and the officer too on the fifth
    assert sent == [0, 0, 1, 0, 0, 0, 1, 0]
    cor, officer = (person(actor(name)).pk for name in ("cor", "contracting_officer"))
    review, match = (
        f"Invoice {invoice.number} waits: {kind.label}" for kind in ReminderKind
    )
    assert {(cor, review), (cor, match), (officer, match)} <= told(invoice)
    assert (officer, review) not in told(invoice)


def test_nobody_sends_them_but_the_schedule(order):
    invoice = invoiced(order, at=FRIDAY)
    with nothing_happens(), pytest.raises(NotAllowed):
        remind_of_invoice(invoice_id=invoice.pk, by=actor("cor"), at=FRIDAY + 9 * DAY)


def test_the_register_lists_them_to_the_agency_alone(order, told_the_time):
    invoice = invoiced(order, at=FRIDAY)
    remind_of_invoice(invoice_id=invoice.pk, by=SYSTEM, at=FRIDAY + 5 * DAY)
    told_the_time(FRIDAY + 6 * DAY)
    page = f"{order.path}/reporting"

    words = client_for(actor("cor")).get(page).content.decode()

    assert words.count(f"Invoice {invoice.number}</a>: to be") == 2
    assert InvoiceReminder.objects.count() == 2
    vendor = client_for(actor("vendor_a_signer")).get(page).content.decode()
    assert "Reminders of invoices" not in vendor
    for outsider in ("other_agency_officer", "other_vendor_signer"):
        assert client_for(actor(outsider)).get(page).status_code == 404

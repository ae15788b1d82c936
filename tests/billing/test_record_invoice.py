"""An invoice that came by post is received on its day, with its defects."""

from __future__ import annotations

import json
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from contracting.billing.calculations.plain import plain_lines
from contracting.billing.models import Invoice
from contracting.billing.operations.record_invoice import record_invoice
from contracting.billing.operations.return_invoice import return_invoice
from contracting.billing.queries.clocks import (
    days_lost,
)
from contracting.billing.refusals import (
    ImproperInvoice,
)
from contracting.billing.states import CameBy, InvoiceState
from contracting.core.errors import IllegalMove, NotAllowed
from contracting.notices.models import Notice
from tests.builders_billing import (
    HOUR,
    INVOICED_AT,
    TOTAL,
    header_of,
    invoiced,
    stated_invoice,
)
from tests.cast import actor, client_for, nothing_happens, submit


def returned(invoice, *, after, reasons=("Line 1 names no unit.",), by="cor"):
    return return_invoice(
        invoice_id=invoice.pk,
        reasons=list(reasons),
        by=actor(by),
        at=invoice.received_at + timedelta(days=after),
    )


def recorded(order, *, at=INVOICED_AT, received_at=INVOICED_AT, by="cor", **changed):
    return record_invoice(
        order_id=order.pk,
        stated=stated_invoice(order, **changed),
        content=b"scanned",
        media_type="application/pdf",
        came_by=CameBy.POST,
        received_at=received_at,
        by=actor(by),
        at=at,
    )


def test_an_invoice_that_came_by_post_is_received_on_its_day(order):
    # When the representative records on Thursday what came on Monday
    later = INVOICED_AT + timedelta(days=3)
    invoice = recorded(order, at=later)

    # Then its clock runs from Monday, and it is like any other
    assert (invoice.state, invoice.came_by) == (InvoiceState.RECEIVED, CameBy.POST)
    assert invoice.received_at == INVOICED_AT
    assert invoice.lines.count() == 4
    assert Notice.objects.filter(title__contains=invoice.number).exists()


def test_an_improper_one_is_kept_with_every_defect_and_in_nobodys_way(order):
    # Given an invoice by post without a tax number, whose total is wrong
    invoice = recorded(order, total="9.99", header={"tin": ""})

    # Then it is received with its defects
    assert invoice.state == InvoiceState.DEFECTIVE
    assert [each["rule"] for each in invoice.defects] == ["R-INV-01", "R-INV-07"]
    assert len(invoice.stated_lines) == 4
    assert invoice.lines.count() == 0

    # And a proper one of the same number is received meanwhile
    assert invoiced(order).state == InvoiceState.RECEIVED


def test_a_defective_one_is_returned_and_its_correction_keeps_the_lost_days(order):
    first = returned(recorded(order, total="9.99"), after=10)
    again = invoiced(order, at=first.returned_at)

    assert (again.corrects, days_lost(again)) == (first, 3)


def test_a_defective_one_does_not_turn_into_an_accepted_one(order):
    invoice = recorded(order, total="9.99")

    with nothing_happens(), pytest.raises(IllegalMove):
        invoice.move_to(InvoiceState.ACCEPTED)


@pytest.mark.parametrize(
    "outsider", ["other_agency_officer", "vendor_a_signer", "payment_certifier"]
)
def test_nobody_else_records_an_invoice(order, outsider):
    with nothing_happens(), pytest.raises(NotAllowed):
        recorded(order, by=outsider)


def test_an_invoice_is_not_received_tomorrow(order):
    with nothing_happens(), pytest.raises(ImproperInvoice):
        recorded(order, received_at=INVOICED_AT + timedelta(days=1))


# The page -----------------------------------------------------------------------------


def form_of(order, **changed):
    page = reverse("billing:record_invoice", args=[order.public_id])
    at = timezone.localtime(INVOICED_AT, ZoneInfo(order.contract.time_zone))
    local = "%Y-%m-%dT%H:%M:%S"
    zone = ZoneInfo(order.contract.time_zone)
    return page, {
        "number": "MM-2604-001",
        "invoiced_on": "2026-04-27",
        "period_start": HOUR[0].astimezone(zone).strftime(local),
        "period_end": HOUR[1].astimezone(zone).strftime(local),
        "lines": json.dumps(plain_lines(stated_invoice(order))),
        "total": TOTAL.plain(),
        "received_at": at.strftime(local),
        "came_by": "POST",
        **header_of(order),
        **changed,
    }


def test_the_representative_types_an_invoice_that_lacks_something(order, told_the_time):
    browser = client_for(actor("cor"))

    # When an invoice without a tax number is recorded
    page, data = form_of(order, tin="", corrects="")
    answer = submit(browser, page, data)

    # Then its page says what is wrong and until when it goes back
    invoice = Invoice.objects.get()
    assert (answer.status_code, answer.url) == (303, invoice.path)
    shown = browser.get(invoice.path).content.decode()
    assert "with 1 defect" in shown
    assert "taxpayer identification number" in shown
    assert "4 May 2026" in shown
    assert "Lines as stated" in shown

    # And the form of its return starts with the defects
    back = browser.get(reverse("billing:return_invoice", args=[invoice.public_id]))
    assert "taxpayer identification number" in back.context["form"].initial["reasons"]


def test_an_invoice_without_lines_is_recorded_as_it_came(order, told_the_time):
    page, data = form_of(order, lines="", number="")
    submit(client_for(actor("cor")), page, data)

    messages = [each["message"] for each in Invoice.objects.get().defects]
    assert "line items with quantity" in messages[0]
    assert "invoice number" in messages[0]


@pytest.mark.parametrize(
    ("outsider", "status"),
    [("other_agency_officer", 404), ("vendor_b_signer", 404), ("vendor_a_signer", 403)],
)
def test_the_page_is_closed_to_others(order, told_the_time, outsider, status):
    page, _data = form_of(order)

    assert client_for(actor(outsider)).get(page).status_code == status

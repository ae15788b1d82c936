"""The clock of a return: seven calendar days, and what a later one costs (R-INV-02)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from contracting.billing.models import Invoice
from contracting.billing.operations.return_invoice import return_invoice
from contracting.billing.operations.withdraw_invoice import withdraw_invoice
from contracting.billing.queries.clocks import (
    days_lost,
    payable_from,
    payment_days_of,
    return_by,
    rounding_of,
)
from contracting.billing.refusals import (
    ImproperInvoice,
    ReasonMissing,
)
from contracting.core.quantities import Dollars
from contracting.notices.models import Notice
from tests.builders_billing import (
    invoiced,
)
from tests.cast import actor, client_for, nothing_happens


def returned(invoice, *, after, reasons=("Line 1 names no unit.",), by="cor"):
    return return_invoice(
        invoice_id=invoice.pk,
        reasons=list(reasons),
        by=actor(by),
        at=invoice.received_at + timedelta(days=after),
    )


# The clock ----------------------------------------------------------------------------


@pytest.mark.rule("R-INV-02", case="allowed")
@pytest.mark.parametrize(("after", "lost"), [(0, 0), (7, 0), (8, 1), (9, 2)])
def test_days_beyond_the_seventh_are_taken_off_the_corrected_invoice(
    order, after, lost
):
    # Given an invoice that is returned so many days after its receipt
    first = returned(invoiced(order), after=after)

    # When the vendor sends the corrected one
    again = invoiced(order, at=first.returned_at + timedelta(days=1))

    # Then it is due by the contract's days, less those that the agency took too long
    assert again.corrects == first
    assert first.returned_late_by == lost
    assert payment_days_of(again) == order.contract.payment_days - lost
    assert days_lost(again) == lost
    assert days_lost(first) == 0


@pytest.mark.rule("R-INV-02", case="refused")
def test_a_return_says_what_makes_the_invoice_improper(order):
    invoice = invoiced(order)

    with nothing_happens(), pytest.raises(ReasonMissing) as refusal:
        returned(invoice, after=3, reasons=[" "])

    assert refusal.value.rule == "R-INV-02"


@pytest.mark.parametrize(
    ("received", "last"),
    [
        (date(2026, 12, 23), date(2026, 12, 30)),
        (date(2026, 5, 2), date(2026, 5, 9)),
        (date(2028, 2, 29), date(2028, 3, 7)),
    ],
    ids=["over Christmas and its holiday", "from Saturday to Saturday", "leap day"],
)
def test_neither_a_weekend_nor_a_holiday_moves_the_last_day(order, received, last):
    noon = datetime(received.year, received.month, received.day, 16, tzinfo=UTC)
    invoice = Invoice(order=order, received_at=noon)

    assert return_by(invoice) == last


def test_the_day_of_receipt_is_that_of_the_contract_and_is_day_zero(order):
    # Given an invoice received shortly before midnight in New York, tomorrow in UTC
    late = datetime(2026, 4, 28, 3, 30, tzinfo=UTC)
    assert return_by(Invoice(order=order, received_at=late)) == date(2026, 5, 4)


def test_the_vendor_reads_that_a_late_return_costs_the_agency_its_days(order):
    returned(invoiced(order), after=9)

    told = Notice.objects.filter(title__contains="was returned")[0]
    assert "2 days sooner" in told.body


def test_each_late_return_of_a_chain_counts(order):
    first = returned(invoiced(order), after=9)
    second = invoiced(order, at=first.returned_at)
    third = invoiced(order, at=returned(second, after=8).returned_at)

    assert (third.corrects, days_lost(third)) == (second, 3)


def test_the_page_says_when_it_is_due_at_the_earliest_and_what_rounding_is_in_it(
    order, told_the_time
):
    # Given an invoice of 27 April: thirty days later is Wednesday 27 May
    invoice = invoiced(order)

    assert payable_from(invoice) == date(2026, 5, 27)
    # $2.088794 in exact amounts, and 2.09 in cents
    assert rounding_of(invoice) == Dollars("0.001206")
    shown = client_for(actor("vendor_a_member")).get(invoice.path).content.decode()
    assert "27 May 2026" in shown
    assert "$0.001206" in shown


def test_days_to_pay_never_fall_below_zero(order):
    again = invoiced(order, at=returned(invoiced(order), after=60).returned_at)

    assert payment_days_of(again) == 0


def test_an_invoice_of_another_number_names_the_one_that_it_corrects(order):
    first = returned(invoiced(order), after=9)
    at = first.returned_at

    with nothing_happens(), pytest.raises(ImproperInvoice):
        invoiced(order, number="MM-9", corrects="MM-8", at=at)
    again = invoiced(order, number="MM-9", corrects=first.number, at=at)

    assert again.corrects == first


def test_a_correction_that_was_withdrawn_leaves_the_days_to_the_next(order):
    first = returned(invoiced(order), after=9)
    gone = invoiced(order, at=first.returned_at)
    withdraw_invoice(
        invoice_id=gone.pk, by=actor("vendor_a_member"), at=first.returned_at
    )

    assert days_lost(invoiced(order, at=first.returned_at, number="X-2")) == 2

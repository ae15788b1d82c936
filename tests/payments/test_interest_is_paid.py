"""Interest is paid with a late payment, beside the order, and discounts are taken."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from contracting.billing.models import Invoice
from contracting.core.quantities import Dollars
from contracting.ledger.models import FundsBalance
from contracting.ledger.refusals import FundsExceeded
from contracting.orders.states import FundsDraft
from contracting.payments.calculations.interest import penalty
from contracting.payments.invariants import INVARIANTS
from contracting.payments.models import Payment
from contracting.payments.operations.certify import certify_payment
from contracting.payments.operations.record import record_payment
from contracting.payments.operations.return_payment import return_payment
from contracting.payments.refusals import DiscountLost, RateMissing
from tests.builders_metering import assert_the_books_balance
from tests.builders_orders import issued_order, line, line_of_accounting
from tests.builders_settlement import (
    ACCEPTED_AT,
    CERTIFIED_AT,
    INVOICED_AT,
    PAYABLE,
    accepted_invoice,
    balances,
    certified_payment,
    received_invoice,
    reported,
    used_order,
)
from tests.cast import actor, nothing_happens
from tests.locks import Watch, watching_locks

MANY = {"IN_UNCACHED": 9_000_000, "OUT_TEXT": 2_500_000}
"""US$ 18.00 and US$ 20.00, which earn more than a dollar in a year."""

TABLES = ("ledger_fundsbalance", "ledger_holderbalance", "ledger_balance")

A_YEAR_LATER = date(2027, 5, 27)


@pytest.fixture
def large(db):
    """An invoice of US$ 38.00, certified; interest runs after 27 May 2026."""
    order = used_order(tokens=MANY)
    reported(order, MANY)
    received = received_invoice(order=order, billed=MANY)
    return certified_payment(invoice=accepted_invoice(invoice=received))


def paid(voucher, on: date):
    return record_payment(
        certification_id=voucher.pk,
        paid_on=on,
        reference="TRACE-9",
        by=actor("payment_certifier"),
        at=datetime(on.year, on.month, on.day, 20, tzinfo=UTC),
    )


def funds(voucher):
    (row,) = balances(voucher.invoice.order)
    return FundsBalance.objects.get(line_of_accounting=row.line_of_accounting_id)


@pytest.mark.rule("R-PAY-03", case="allowed")
def test_interest_is_paid_automatically_and_not_from_the_order(large):
    # Given acceptance assumed on the seventh day after the usage of 20 April
    clock = large.acceptances.get()
    assert (clock.due_on, clock.interest_after) == (
        date(2026, 5, 29),
        date(2026, 5, 27),
    )
    (before,) = balances(large.invoice.order)
    free = funds(large).free

    # When it is paid a year after that, at the rate of the day after it was due
    payment = paid(large, A_YEAR_LATER)

    # Then interest comes with it
    interest = penalty(Dollars("38.00"), days=365, percent=Decimal("4.125"))
    assert Dollars(payment.interest_dollars) == interest == Dollars("1.62")
    assert payment.total == Dollars("39.62")
    assert payment.interest_parts[0]["percent"] == "4.125"

    # And the order has paid what was accepted, the line of accounting the interest
    (row,) = balances(large.invoice.order)
    assert Dollars(row.paid_dollars) == Dollars("38.00")
    assert row.obligated_dollars == before.obligated_dollars
    assert row.ceiling_dollars == before.ceiling_dollars
    assert free - funds(large).free == interest
    assert_the_books_balance()


@pytest.mark.rule("R-PAY-03", case="refused")
def test_without_a_rate_of_the_half_year_nothing_is_computed(db):
    # Given an invoice that was received so late that it is due after the half-year
    order = used_order(tokens=MANY)
    reported(order, MANY)
    later = timedelta(days=50)
    received = received_invoice(order=order, billed=MANY, at=INVOICED_AT + later)
    invoice = accepted_invoice(invoice=received, at=ACCEPTED_AT + later)
    voucher = certified_payment(invoice=invoice, at=CERTIFIED_AT + later)

    with nothing_happens(), pytest.raises(RateMissing) as refusal:
        paid(voucher, voucher.due_on + timedelta(days=60))

    assert "1 Jul 2026 to 31 Dec 2026" in refusal.value.message


def test_on_time_no_rate_is_needed(large):
    assert paid(large, date(2026, 5, 27)).interest_dollars == 0


def test_interest_is_not_paid_from_funds_that_are_not_there(large):
    row = funds(large)
    row.available_dollars -= row.free.amount
    row.save()

    with pytest.raises(FundsExceeded) as refusal:
        paid(large, A_YEAR_LATER)

    assert refusal.value.data["short_by"] == Dollars("1.62")
    assert not Payment.objects.exists()


def test_funds_are_locked_before_balances_and_in_the_order_of_keys(db):
    # Given a late payment from two pots, and the interest of both
    pots = [line_of_accounting(), line_of_accounting("Second pot")]
    half = Dollars("19.50")
    funds = [
        FundsDraft("AA", pots[0].pk, half, half),
        FundsDraft("AB", pots[1].pk, half),
    ]
    order = used_order(order=issued_order(lines=[line(funds=funds)]), tokens=MANY)
    reported(order, MANY)
    received = received_invoice(order=order, billed=MANY)
    voucher = certified_payment(invoice=accepted_invoice(invoice=received))

    # When it is paid, and comes back
    with watching_locks(paying := Watch()):
        paid(voucher, A_YEAR_LATER)
    with watching_locks(returning := Watch()):
        return_payment(
            certification_id=voucher.pk,
            reason="The account of the vendor is closed.",
            by=actor("payment_certifier"),
            at=datetime(2027, 6, 1, tzinfo=UTC),
        )

    # Then neither waits for funds while it holds balances or later funds
    for watch in (paying, returning):
        (unit,) = watch.units
        places = [
            (TABLES.index(lock.table), lock.key)
            for lock in unit.locks
            if lock.table in TABLES
        ]
        locked = [place for place in places if place[0] == 0]
        assert len(locked) == 2
        assert places[: len(locked)] == sorted(locked)


def test_interest_goes_back_with_a_payment_that_came_back(large):
    paid(large, A_YEAR_LATER)
    return_payment(
        certification_id=large.pk,
        reason="The account of the vendor is closed.",
        by=actor("payment_certifier"),
        at=datetime(2027, 5, 28, 15, tzinfo=UTC),
    )

    assert Dollars(funds(large).interest_dollars) == Dollars()
    assert_the_books_balance()


def test_interest_that_was_tampered_with_is_noticed(large):
    payment = paid(large, A_YEAR_LATER)
    payment.pk, payment.public_id = None, ""
    later = certified_copy(large)
    payment.certification = later
    payment.interest_dollars = "4.00"
    payment.save(force_insert=True)

    found = {each.code for each in INVARIANTS if each.exceptions()}

    assert "PAY-6" in found


def certified_copy(voucher):
    """Another voucher as a tamperer would write it."""
    copy = type(voucher).objects.get(pk=voucher.pk)
    copy.pk, copy.public_id, copy.voucher_number = None, "", "X-V999"
    copy.save(force_insert=True)
    return copy


# Discounts ----------------------------------------------------------------------------


@pytest.fixture
def offered(db):
    """An accepted invoice with "2/10 net 30" among its terms."""
    invoice = accepted_invoice()
    Invoice.objects.filter(pk=invoice.pk).update(
        header={**invoice.header, "payment_terms": "2/10 net 30"}
    )
    return Invoice.objects.get(pk=invoice.pk)


def certified(invoice, at=CERTIFIED_AT):
    return certify_payment(invoice_id=invoice.pk, by=actor("payment_certifier"), at=at)


@pytest.mark.rule("R-PAY-05", case="allowed")
def test_a_discount_in_time_that_beats_the_value_of_funds_is_taken(offered):
    voucher = certified(offered)

    assert Dollars(voucher.discount_dollars) == Dollars("0.20")
    assert voucher.discount_until == date(2026, 5, 7)
    payment = paid(voucher, date(2026, 5, 7))
    assert Dollars(payment.dollars) == Dollars(PAYABLE) - Dollars("0.20")
    (row,) = balances(offered.order)
    assert Dollars(row.paid_dollars) == Dollars(payment.dollars)
    assert_the_books_balance()


@pytest.mark.rule("R-PAY-05", case="refused")
def test_after_its_last_day_a_discount_is_lost(offered):
    voucher = certified(offered)

    with nothing_happens(), pytest.raises(DiscountLost):
        paid(voucher, date(2026, 5, 8))


def test_a_discount_that_is_too_late_or_too_small_is_not_taken(offered):
    late = certified(offered, at=datetime(2026, 5, 8, 15, tzinfo=UTC))
    assert (late.discount_dollars, late.discount_until) == (0, None)
    assert Dollars(late.dollars) == Dollars(PAYABLE)

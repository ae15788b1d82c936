"""Credits come off a payment, once, and return to the funds that had paid."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from contracting.billing.queries.credits import credits_due
from contracting.core.quantities import Dollars
from contracting.ledger.invariants import INVARIANTS as LEDGER
from contracting.ledger.operations.deobligate import deobligate_funds
from contracting.ledger.states import Obligation
from contracting.payments.invariants import INVARIANTS
from contracting.payments.models import PaymentOffset
from contracting.payments.operations.certify import certify_payment
from tests.builders_credits import credited, taken_off
from tests.builders_metering import assert_the_books_balance
from tests.builders_settlement import (
    CERTIFIED_AT,
    PAID_AT,
    PAYABLE,
    USED,
    accepted_invoice,
    balances,
    certified_payment,
    paid_invoice,
    received_invoice,
)
from tests.cast import actor, client_for

NET = Dollars(PAYABLE) - Dollars("1.25")


def cents(value):
    return Dollars(value)


@pytest.mark.rule("R-PAY-06", case="allowed")
def test_a_stated_credit_comes_off_the_payment(order):
    # Given an invoice that takes a credit off, accepted in full
    credit = credited(order)
    received = received_invoice(order=order, credits=[taken_off(credit, "1.25")])
    invoice = accepted_invoice(invoice=received)

    # When it is certified and paid
    voucher = certified_payment(invoice=invoice)
    assert (cents(voucher.dollars), cents(voucher.offset_dollars)) == (
        NET,
        Dollars("1.25"),
    )
    assert_the_books_balance()
    payment = paid_invoice(certification=voucher)

    # Then so much less was paid, and the difference is back with its funds
    assert cents(payment.dollars) == NET
    (row,) = balances(order)
    assert cents(row.paid_dollars) == cents(row.accepted_dollars) == NET
    assert row.unaccepted == Dollars()
    assert cents(row.given_up_dollars) == Dollars("1.25")
    assert_the_books_balance()
    assert credits_due(order, PAID_AT) == []


@pytest.mark.rule("R-PAY-06", case="allowed")
def test_a_credit_that_is_not_stated_is_set_off(order):
    credit = credited(order)
    voucher = certified_payment(invoice=accepted_invoice(order=order))

    credit.refresh_from_db()
    assert (credit.open, cents(voucher.dollars)) == (Dollars(), NET)
    settlement = credit.settlements.get()
    assert settlement.reference == voucher.voucher_number
    paid_invoice(certification=voucher)
    assert_the_books_balance()


def test_a_credit_is_left_open_if_the_certifier_says_so(order):
    credit = credited(order)
    voucher = certify_payment(
        invoice_id=accepted_invoice(order=order).pk,
        set_off=False,
        by=actor("payment_certifier"),
        at=CERTIFIED_AT,
    )

    assert cents(voucher.dollars) == Dollars(PAYABLE)
    credit.refresh_from_db()
    assert credit.open == Dollars("1.25")


def test_a_payment_may_be_of_nothing_and_a_credit_of_more_waits(order):
    # Given two credits of what is payable, and of nearly all the rest that was used
    first = credited(order, "5.00")
    second = credited(order, "4.92")
    voucher = certified_payment(invoice=accepted_invoice(order=order))

    assert cents(voucher.dollars) == Dollars()
    assert [row.credit for row in voucher.offsets.order_by("pk")] == [first, second]
    assert cents(paid_invoice(certification=voucher).dollars) == Dollars()
    (row,) = balances(order)
    assert cents(row.paid_dollars) == Dollars()
    assert_the_books_balance()


def test_what_a_payment_is_too_small_for_comes_off_the_next(order, told_the_time):
    # Given an invoice that takes eight dollars off, of which $5.23 is accepted
    credit = credited(order, "8.00")
    first = received_invoice(
        order=order,
        billed={"OUT_TEXT": 2 * USED["OUT_TEXT"]},
        credits=[taken_off(credit, "8.00")],
    )
    paid_invoice(
        certification=certified_payment(invoice=accepted_invoice(invoice=first))
    )

    # When the next invoice is certified
    second = received_invoice(
        order=order, billed={"IN_UNCACHED": USED["IN_UNCACHED"]}, number="MM-2604-002"
    )
    voucher = certified_payment(invoice=accepted_invoice(invoice=second))

    # Then the other $2.77, which are open since the first was paid, come off it, once
    page = client_for(actor("payment_certifier")).get(voucher.path).text
    assert "no, set off" in page
    assert cents(voucher.offset_dollars) == Dollars("2.77")
    paid_invoice(certification=voucher)
    (row,) = balances(order)
    assert cents(row.paid_dollars) == Dollars(PAYABLE) - Dollars("8.00")
    assert_the_books_balance()


def test_money_that_came_back_can_be_deobligated(order):
    credited(order)
    paid_invoice(certification=certified_payment(invoice=accepted_invoice(order=order)))
    (before,) = balances(order)
    free = before.funds_left

    deobligate_funds(
        obligations=[
            Obligation(before.holder, before.acrn, before.line_of_accounting_id, free)
        ],
        because=order.subject,
        by=actor("contracting_officer"),
        at=PAID_AT,
    )

    (row,) = balances(order)
    assert row.funds_left == Dollars()
    assert cents(row.obligated_dollars) == NET
    assert {each.code for each in LEDGER if each.exceptions()} == set()


def test_an_offset_that_was_tampered_with_is_noticed(order):
    credited(order)
    voucher = certified_payment(invoice=accepted_invoice(order=order))
    with pytest.raises(DatabaseError), transaction.atomic():
        PaymentOffset.objects.update(dollars="0.01")

    offset = voucher.offsets.get()
    extra = PaymentOffset(
        certification=voucher,
        credit=offset.credit,
        settlement=None,
        credit_line=None,
        dollars="0.01",
    )
    with pytest.raises(DatabaseError, match="stated_or_set_off"), transaction.atomic():
        extra.save()
    assert {each.code for each in INVARIANTS if each.exceptions()} == set()


def test_the_certifier_is_shown_what_comes_off(order, told_the_time):
    credited(order)
    invoice = accepted_invoice(order=order)
    address = reverse("payments:certify_payment", args=[invoice.public_id])

    page = client_for(actor("payment_certifier")).get(address).text

    assert "$1.25 of credits come off" in page
    assert "no, set off" in page
    assert "It is the first invoice on this order." in page
    assert "What this payment draws on, and leaves" in page
    told_the_time(CERTIFIED_AT + timedelta(hours=1))
    voucher = certified_payment(invoice=invoice)
    shown = client_for(actor("vendor_a_signer")).get(voucher.path).text
    assert "Credits taken off" in shown

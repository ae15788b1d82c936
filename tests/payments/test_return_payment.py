"""Finance gives a voucher back: what it pays is certified anew, once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from contracting.billing.states import InvoiceState
from contracting.core.errors import NotAllowed
from contracting.core.quantities import Dollars
from contracting.payments.models import CertifiedAcceptance
from contracting.payments.operations.certify import certify_payment
from contracting.payments.operations.record import record_payment
from contracting.payments.operations.return_payment import return_payment
from contracting.payments.refusals import (
    AlreadyCertified,
    PaymentReturned,
    ReasonMissing,
)
from tests.builders_credits import credited
from tests.builders_metering import assert_the_books_balance
from tests.builders_settlement import (
    PAID_AT,
    PAYABLE,
    accepted_invoice,
    balances,
    certified_payment,
    paid_invoice,
)
from tests.cast import actor, nothing_happens

LATER = PAID_AT + timedelta(hours=1)


def returned(voucher, **more):
    given = {
        "certification_id": voucher.pk,
        "reason": "The account of the vendor is closed.",
        "by": actor("payment_certifier"),
        "at": LATER,
    }
    return return_payment(**(given | more))


def certified_again(voucher):
    return certify_payment(
        invoice_id=voucher.invoice_id, by=actor("payment_certifier"), at=LATER
    )


def test_a_returned_voucher_is_certified_anew_under_the_next_number(certified):
    returned(certified)

    certified.invoice.refresh_from_db()
    assert certified.invoice.state == InvoiceState.ACCEPTED
    again = certified_again(certified)
    assert again.voucher_number.endswith("-V002")
    assert again.gross == Dollars(PAYABLE)
    with nothing_happens(), pytest.raises(AlreadyCertified):
        certified_again(certified)
    with nothing_happens(), pytest.raises(PaymentReturned):
        record_payment(
            certification_id=certified.pk,
            paid_on=PAID_AT.date(),
            reference="TRACE-1",
            by=actor("payment_certifier"),
            at=LATER,
        )
    assert_the_books_balance()


def test_money_that_came_back_is_not_paid_any_more(order):
    # Given a payment that took a credit off
    credit = credited(order)
    voucher = certified_payment(invoice=accepted_invoice(order=order))
    paid_invoice(certification=voucher)

    # When the bank sends it back
    assert returned(voucher).was_paid

    # Then nothing is paid, and the voucher that follows takes the same credit off once
    (row,) = balances(order)
    assert Dollars(row.paid_dollars) == Dollars()
    assert Dollars(row.accepted_dollars) == Dollars(PAYABLE)
    assert_the_books_balance()
    again = certified_again(voucher)
    assert Dollars(again.offset_dollars) == Dollars("1.25")
    credit.refresh_from_db()
    assert credit.open == Dollars()
    record_payment(
        certification_id=again.pk,
        paid_on=LATER.date(),
        reference="TRACE-2",
        by=actor("payment_certifier"),
        at=LATER,
    )
    (row,) = balances(order)
    assert Dollars(row.paid_dollars) == Dollars(PAYABLE) - Dollars("1.25")
    assert_the_books_balance()


def test_a_voucher_is_returned_once_for_a_reason_by_a_certifier(certified):
    with nothing_happens(), pytest.raises(ReasonMissing):
        returned(certified, reason=" ")
    with nothing_happens(), pytest.raises(NotAllowed):
        returned(certified, by=actor("contracting_officer"))
    returned(certified)
    with nothing_happens(), pytest.raises(PaymentReturned):
        returned(certified)


@pytest.mark.rule("R-FND-10", case="allowed")
def test_an_acceptance_is_on_one_voucher_at_a_time(certified):
    row = certified.acceptances.get()
    with (
        pytest.raises(IntegrityError, match="certified_once_at_a_time"),
        transaction.atomic(),
    ):
        CertifiedAcceptance.objects.create(
            certification=certified,
            acceptance=row.acceptance,
            due_on=row.due_on,
            interest_after=row.interest_after,
        )

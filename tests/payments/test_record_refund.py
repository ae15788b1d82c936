"""What the vendor pays back returns to the funds that paid."""

from datetime import timedelta

import pytest

from contracting.billing.refusals import CreditNotOpen
from contracting.billing.states import CreditKind
from contracting.core.errors import NotAllowed
from contracting.core.quantities import Dollars
from contracting.payments.operations.record_refund import record_refund
from contracting.payments.refusals import PaymentDateWrong
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

LATER = PAID_AT + timedelta(days=3)


@pytest.fixture
def overpaid(order):
    """The vendor reports that a paid invoice was two dollars too high (R-PAY-06)."""
    paid_invoice(certification=certified_payment(invoice=accepted_invoice(order=order)))
    return credited(
        order,
        "2.00",
        kind=CreditKind.OVERPAYMENT,
        reason="Our count was doubled.",
        by=actor("vendor_a_member"),
        at=PAID_AT,
    )


def refunded(credit, **more):
    given = {
        "credit_id": credit.pk,
        "dollars": Dollars("2.00"),
        "received_on": LATER.date(),
        "reference": "DEPOSIT-77",
        "by": actor("payment_certifier"),
        "at": LATER,
    }
    return record_refund(**(given | more))


@pytest.mark.rule("R-PAY-06", case="allowed")
def test_a_refund_returns_to_the_funds(overpaid):
    refunded(overpaid)

    (row,) = balances(overpaid.order)
    assert Dollars(row.paid_dollars) == Dollars(PAYABLE) - Dollars("2.00")
    overpaid.refresh_from_db()
    assert overpaid.open == Dollars()
    assert_the_books_balance()


@pytest.mark.rule("R-PAY-06", case="refused")
def test_no_more_is_refunded_than_is_open(overpaid):
    with nothing_happens(), pytest.raises(CreditNotOpen):
        refunded(overpaid, dollars=Dollars("2.01"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"reference": " "},
        {"dollars": Dollars("0")},
        {"received_on": LATER.date() + timedelta(days=1)},
        {"received_on": PAID_AT.date() - timedelta(days=1)},
    ],
)
def test_a_refund_is_whole(overpaid, wrong):
    with nothing_happens(), pytest.raises(PaymentDateWrong):
        refunded(overpaid, **wrong)


def test_nobody_else_records_it(overpaid):
    with nothing_happens(), pytest.raises(NotAllowed):
        refunded(overpaid, by=actor("vendor_a_member"))

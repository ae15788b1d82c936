"""A refund that does not stand is taken back, and the money can be paid anew."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from contracting.core.errors import NotAllowed
from contracting.core.quantities import Dollars
from contracting.payments.models import PaymentCertification
from contracting.payments.operations.certify import certify_payment
from contracting.payments.operations.record import record_payment
from contracting.payments.operations.record_refund import record_refund
from contracting.payments.operations.return_payment import return_payment
from contracting.payments.operations.return_refund import return_refund
from contracting.payments.refusals import (
    PaymentBuiltOn,
    ReasonMissing,
    RefundReturned,
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
from tests.cast import actor, client_for, nothing_happens, submit

LATER = PAID_AT + timedelta(days=3)
AGAIN = LATER + timedelta(days=1)


@pytest.fixture
def refund(order):
    """An invoice was paid, and the vendor has paid two dollars of it back."""
    paid_invoice(certification=certified_payment(invoice=accepted_invoice(order=order)))
    credit = credited(order, "2.00", at=PAID_AT)
    return record_refund(
        credit_id=credit.pk,
        dollars=Dollars("2.00"),
        received_on=LATER.date(),
        reference="DEPOSIT-77",
        by=actor("payment_certifier"),
        at=LATER,
    )


def returned(refund, **more):
    given: dict[str, Any] = {
        "reason": "It was sent back.",
        "by": actor("payment_certifier"),
        "at": AGAIN,
    }
    return return_refund(settlement_id=refund.pk, **(given | more))


def paid(order):
    (row,) = balances(order)
    return Dollars(row.paid_dollars)


@pytest.mark.rule("R-PAY-06", case="allowed")
def test_a_payment_that_comes_back_after_its_refund_is_paid_anew(order, refund):
    # Given a bank that returns the very payment that was refunded in part
    voucher = PaymentCertification.objects.get()
    give_back: dict[str, Any] = {
        "reason": "The account is closed.",
        "by": actor("payment_certifier"),
    }
    with nothing_happens(), pytest.raises(PaymentBuiltOn, match="refund DEPOSIT-77"):
        return_payment(certification_id=voucher.pk, **give_back, at=AGAIN)

    # When finance gives the refund back, and then records the return
    returned(refund)
    assert paid(order) == Dollars(PAYABLE)
    credit = refund.credit
    credit.refresh_from_db()
    assert credit.open == Dollars("2.00")
    assert_the_books_balance()
    return_payment(certification_id=voucher.pk, **give_back, at=AGAIN)
    assert paid(order) == Dollars()

    # Then the next voucher takes the credit off, and the books hold
    again = certify_payment(
        invoice_id=voucher.invoice_id, by=actor("payment_certifier"), at=AGAIN
    )
    assert Dollars(again.offset_dollars) == Dollars("2.00")
    record_payment(
        certification_id=again.pk,
        paid_on=AGAIN.date(),
        reference="TRACE-2",
        by=actor("payment_certifier"),
        at=AGAIN,
    )
    assert paid(order) == Dollars(PAYABLE) - Dollars("2.00")
    assert_the_books_balance()


@pytest.mark.rule("R-PAY-06", case="refused")
def test_it_is_taken_back_once_for_a_reason_by_finance(refund):
    with nothing_happens(), pytest.raises(ReasonMissing):
        returned(refund, reason=" ")
    with nothing_happens(), pytest.raises(NotAllowed):
        returned(refund, by=actor("contracting_officer"))
    returned(refund)
    with nothing_happens(), pytest.raises(RefundReturned) as refusal:
        returned(refund)
    assert refusal.value.rule == "R-PAY-06"


def test_its_page_takes_it_back(refund, told_the_time):
    told_the_time(AGAIN)
    page = reverse("payments:return_refund", args=[refund.public_id])
    for outsider in ("other_agency_officer", "vendor_b_member"):
        assert client_for(actor(outsider)).get(page).status_code == 404
    assert client_for(actor("cor")).get(page).status_code == 403
    browser = client_for(actor("payment_certifier"))
    assert page in browser.get(refund.credit.path).content.decode()

    assert submit(browser, page, {"reason": "The deposit bounced."}).status_code == 303

    shown = browser.get(refund.credit.path).content.decode()
    assert "The refund does not stand" in shown
    assert "taken back already" in browser.get(page).content.decode()

"""A credit of one ACRN comes off payments from another, and its funds hold for it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from contracting.core.quantities import Dollars
from contracting.ledger.refusals import CreditExceeded
from contracting.orders.states import FundsDraft
from contracting.payments.operations.record_refund import record_refund
from contracting.payments.operations.return_payment import return_payment
from tests.builders_billing import Call, invoiced, reported, stated, used
from tests.builders_credits import credited
from tests.builders_metering import assert_the_books_balance
from tests.builders_orders import issued_order, line, line_of_accounting
from tests.builders_settlement import (
    PAID_AT,
    accepted_invoice,
    balances,
    certified_payment,
    paid_invoice,
)
from tests.cast import actor, nothing_happens

CALLS = (
    Call("r-1", {"OUT_TEXT": 654_321}),
    Call("r-2", {"IN_CACHE_READ": 800_000}, minute=10),
    Call("r-3", {"IN_UNCACHED": 1_900_000}, minute=20),
)
"""$5.234568, $0.80 and $3.80, in this order."""

LATER = PAID_AT + timedelta(hours=1)


@pytest.fixture
def order(db):
    """Six dollars were used of ACRN AA and $3.83 of AB; $5.23 of AA is paid."""
    funds = [
        FundsDraft("AA", line_of_accounting().pk, Dollars("6.00"), Dollars("6.00")),
        FundsDraft("AB", line_of_accounting("Second pot").pk, Dollars("34.00")),
    ]
    made = issued_order(lines=[line(funds=funds)])
    used(made, CALLS)
    reported(made, CALLS)
    paid_invoice(certification=certified_payment(invoice=asked(made, "OUT_TEXT")))
    assert [Dollars(row.paid_dollars) for row in balances(made)] == [
        Dollars("5.23"),
        Dollars(),
    ]
    return made


def asked(order, code, **more):
    """An accepted invoice of all that was used of a class."""
    (tokens,) = (call.tokens[code] for call in CALLS if code in call.tokens)
    lines = [stated(code, tokens, **more)]
    return accepted_invoice(invoice=invoiced(order, lines, number=f"MM-{code}"))


def refunded(credit, dollars):
    return record_refund(
        credit_id=credit.pk,
        dollars=Dollars(dollars),
        received_on=LATER.date(),
        reference="DEPOSIT-77",
        by=actor("payment_certifier"),
        at=LATER,
    )


@pytest.fixture
def promised(order):
    """A voucher that pays $3.80 from AB, less $3.50 that comes back to AA."""
    credited(order, "3.50", acrn="AA")
    voucher = certified_payment(invoice=asked(order, "IN_UNCACHED", acrn="AB"))
    assert list(*voucher.by_acrn.values()) == ["AB"]
    assert Dollars(voucher.dollars) == Dollars("0.30")
    return voucher


@pytest.mark.rule("R-PAY-06", case="refused")
def test_a_refund_leaves_what_certified_vouchers_take_off(order, promised):
    other = credited(order, "2.00", acrn="AA")

    with nothing_happens(), pytest.raises(CreditExceeded, match="1.73"):
        refunded(other, "2.00")
    refunded(other, "1.73")

    paid_invoice(certification=promised)
    assert [Dollars(row.paid_dollars) for row in balances(order)] == [
        Dollars(),
        Dollars("3.80"),
    ]
    assert_the_books_balance()


def test_what_a_returned_voucher_had_set_off_is_never_lost(order, promised):
    # Given that finance gives the voucher back, and AA gets two dollars meanwhile
    return_payment(
        certification_id=promised.pk,
        reason="The account of the vendor is closed.",
        by=actor("payment_certifier"),
        at=PAID_AT,
    )
    refunded(credited(order, "2.00", acrn="AA"), "2.00")

    # When it is certified anew
    again = certified_payment(invoice=promised.invoice, at=PAID_AT)

    # Then AA holds for $3.23, and the other $0.27 come off the next payment
    assert Dollars(again.offset_dollars) == Dollars("3.23")
    paid_invoice(certification=again)
    last = certified_payment(invoice=asked(order, "IN_CACHE_READ"), at=PAID_AT)
    assert Dollars(last.offset_dollars) == Dollars("0.27")
    assert_the_books_balance()

"""Recording payments against accepted usage."""

from datetime import date

import pytest

from contracting.ledger.refusals import (
    AccountCancelled,
    AmountNotPositive,
    CrossCharged,
    PaymentExceeded,
)
from tests.cast import nothing_happens
from tests.ledger.conftest import usd


@pytest.fixture
def owed(burning):
    """$12.35 is accepted and not paid."""
    burning.use(("output", "10", 1_234_567))
    burning.accept("12.34567", "12.35", 1_234_567)
    return burning


@pytest.mark.rule("R-FND-10", case="allowed")
def test_accepted_usage_is_paid_to_the_cent(owed):
    owed.pay("10")
    owed.pay("2.35")

    assert owed.row().unpaid == usd(0)
    assert owed.row().unliquidated == usd("32.65")


@pytest.mark.rule("R-FND-10", case="refused")
def test_payments_never_pass_the_value_of_accepted_usage(owed):
    owed.pay("10")

    with nothing_happens(), pytest.raises(PaymentExceeded) as refusal:
        owed.pay("2.36")

    assert refusal.value.rule == "R-FND-10"
    assert refusal.value.data["short_by"] == usd("0.01")


def test_usage_that_is_not_accepted_is_not_paid(burning):
    burning.use(("output", "10", 1_000_000))

    with nothing_happens(), pytest.raises(PaymentExceeded):
        burning.pay("0.01")


def test_a_payment_is_more_than_nothing(owed):
    with nothing_happens(), pytest.raises(AmountNotPositive):
        owed.pay("0")


def test_a_payment_over_several_acrns_follows_the_order_of_payment(books):
    other = books.fund("Reserve", "10")
    books.open("1", acrn="AA", sequence=1)
    books.open("5", acrn="AB", sequence=2, funds=other)
    books.obligate(books.asked("1"), books.asked("5", acrn="AB", funds=other))
    books.use(("output", "10", 300_000))
    books.accept("3", "3", 300_000)

    books.pay("2")

    assert books.row("AA").unpaid == usd(0)
    assert books.row("AB").unpaid == usd(1)
    with nothing_happens(), pytest.raises(CrossCharged):
        books.pay("0.01", acrn="AA")


@pytest.mark.rule("R-FND-05", case="allowed")
def test_expired_funds_pay_for_five_fiscal_years(owed):
    # Given funds whose availability ended on 30 September 2026
    assert owed.funds.cancelled_after == date(2031, 9, 30)

    # When what they were obligated for is paid on the last day before they close
    owed.pay("10", on=date(2031, 9, 30))

    # Then it is paid; no-year funds have no such day
    assert owed.row().unpaid == usd("2.35")
    assert owed.fund("Working", "1", funds_available_to=None).cancelled_after is None


@pytest.mark.rule("R-FND-05", case="refused")
def test_nothing_is_paid_from_an_account_that_was_closed(owed):
    with nothing_happens(), pytest.raises(AccountCancelled) as refusal:
        owed.pay("10", on=date(2031, 10, 1))

    assert refusal.value.rule == "R-FND-05"
    assert "current funds" in str(refusal.value)

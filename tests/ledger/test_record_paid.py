"""Recording payments against accepted usage."""

import pytest

from contracting.ledger.refusals import AmountNotPositive, PaymentExceeded
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
    with nothing_happens(), pytest.raises(PaymentExceeded):
        books.pay("0.01", acrn="AA")

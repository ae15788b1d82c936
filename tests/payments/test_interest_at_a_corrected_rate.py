"""What was paid late at a rate that was recorded wrong is told to both sides."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from contracting.core.quantities import Dollars
from contracting.payments.calculations.interest import penalty
from contracting.payments.queries.corrected import (
    interest_corrected,
    payments_corrected,
)
from contracting.reference.operations.confirm_rate import confirm_rate
from tests.cast import actor, client_for
from tests.payments.test_interest_is_paid import A_YEAR_LATER, large, paid
from tests.reference.test_correct_rate import corrected
from tests.reference.test_propose_rate import confirmed

__all__ = ["large"]

HALF = date(2026, 1, 1)
DUE = Dollars("38.00")
AFTER = datetime(2027, 6, 10, 15, tzinfo=UTC)


def by_rate(percent: str) -> Dollars:
    return penalty(DUE, days=365, percent=Decimal(percent))


@pytest.fixture
def payment(large):
    """US$ 38.00 paid a year late, while 4.125 percent was on record."""
    found = paid(large, A_YEAR_LATER)
    assert Dollars(found.interest_dollars) == by_rate("4.125")
    return found


def put_right(percent, first_day=HALF):
    """Two people of finance correct a rate, after the payment."""
    right = corrected(first_day=first_day, percent=Decimal(percent))
    confirm_rate(proposal_id=right.pk, by=actor("funds_certifier"), at=AFTER)


@pytest.mark.parametrize(
    ("percent", "words"),
    [("6.25", "more is owed to the vendor"), ("3.125", "too much was paid")],
)
def test_both_sides_read_what_a_corrected_rate_changes(payment, percent, words):
    page = payment.certification.path
    assert interest_corrected(payment) is None
    assert payments_corrected(actor("payment_certifier")) == []

    # When two people correct the rate of the day after the due date
    put_right(percent)

    # Then the difference is told, to the cent, on the payment and among payments
    found = interest_corrected(payment)
    assert found is not None
    assert found.interest == by_rate(percent)
    assert found.more == by_rate(percent) - by_rate("4.125")
    for reader in ("payment_certifier", "vendor_a_member"):
        for place in (page, reverse("payments:payments")):
            shown = client_for(actor(reader)).get(place).content.decode()
            assert f"{found.size.amount:.2f}" in shown
            assert words in shown
    assert payments_corrected(actor("other_agency_officer")) == []
    assert payments_corrected(actor("vendor_b_member")) == []


def test_interest_below_a_dollar_that_would_be_above_it_is_owed_whole(large):
    # Given a rate so low that nothing was paid, put right afterwards
    confirmed(corrected(first_day=HALF, percent=Decimal("0.5")))
    payment = paid(large, A_YEAR_LATER)
    assert not payment.interest_dollars

    put_right("4.125")

    found = interest_corrected(payment)
    assert found is not None
    assert found.more == by_rate("4.125")


def test_the_rate_of_other_days_changes_nothing(payment):
    put_right("9", first_day=date(2025, 7, 1))

    assert interest_corrected(payment) is None

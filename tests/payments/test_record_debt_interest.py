"""What is paid back late bears simple interest, by half-year, from the demand on."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from contracting.closeout.queries import blockers_of_order
from contracting.core.errors import NotAllowed
from contracting.core.quantities import Dollars, total_dollars
from contracting.payments.calculations.debts import Owed, debt_interest
from contracting.payments.operations.demand_refund import demand_refund
from contracting.payments.operations.record_debt_interest import record_debt_interest
from contracting.payments.operations.record_refund import record_refund
from contracting.payments.queries.debts import interest_owed
from contracting.payments.refusals import (
    NoInterestOwed,
    PaymentDateWrong,
    RateMissing,
)
from tests.builders_credits import credited
from tests.builders_metering import assert_the_books_balance
from tests.builders_settlement import (
    PAID_AT,
    accepted_invoice,
    certified_payment,
    paid_invoice,
)
from tests.cast import actor, client_for, nothing_happens, submit
from tests.reference.test_propose_rate import confirmed, proposed

DUE = date(2026, 5, 20)
FREE = DUE + timedelta(days=30)
RATES = {
    (2026, 1): Decimal("4.125"),
    (2026, 2): Decimal("4.375"),
    (2027, 1): Decimal(5),
}


def rate_on(day: date) -> Decimal:
    return RATES.get((day.year, 1 if day.month <= 6 else 2), Decimal("6.25"))


def left_of(credit) -> Dollars:
    """The interest that is still owed on the day of the story."""
    found = interest_owed(credit, LATE_AT.date())
    assert found
    return found.left


def owed(parts, on):
    rows = debt_interest(parts, due=DUE, free_until=FREE, on=on, rate_on=rate_on)
    return total_dollars(row.interest for row in rows)


def test_a_debt_of_100_000_dollars_over_the_turn_of_a_half_year():
    # 41 days from 21 May to 30 June at 4.125 %, 45 to 14 August at 4.375 %
    parts = [Owed(Dollars("100000"), date(2026, 8, 14))]

    assert owed(parts, date(2026, 12, 31)) == Dollars("1002.74")


@pytest.mark.parametrize(("days", "is_free"), [(0, True), (30, True), (31, False)])
def test_none_runs_on_what_is_paid_within_thirty_days(days, is_free):
    paid = DUE + timedelta(days=days)

    assert (owed([Owed(Dollars("100000"), paid)], paid) == Dollars()) is is_free


@given(
    st.lists(
        st.tuples(st.integers(1, 10**9), st.one_of(st.none(), st.integers(0, 900))),
        max_size=4,
    ),
    st.integers(0, 900),
)
def test_each_part_earns_day_by_day_what_its_half_years_say(parts, until):
    on = DUE + timedelta(days=until)
    given_ = [
        Owed(
            Dollars(Decimal(cents).scaleb(-2)),
            None if n is None else DUE + timedelta(n),
        )
        for cents, n in parts
    ]
    oracle = Fraction(0)
    for cents, n in parts:
        last = until if n is None else min(n, until)
        exact = Fraction(0)
        for day in (DUE + timedelta(k) for k in range(1, last + 1)):
            year = 366 if day.year % 4 == 0 else 365
            exact += Fraction(cents) * Fraction(rate_on(day)) / 100 / year
        if last > 30:
            oracle += (exact + Fraction(1, 2)).__floor__()

    assert owed(given_, on) == Dollars(Decimal(int(oracle)).scaleb(-2))


# The story

DEMANDED_AT = PAID_AT + timedelta(days=3)
LATE_AT = DEMANDED_AT + timedelta(days=40)


@pytest.fixture
def owes(order):
    """The vendor owes nine dollars back, and it is demanded."""
    paid_invoice(certification=certified_payment(invoice=accepted_invoice(order=order)))
    credit = credited(order, "9.00", at=PAID_AT)
    demand_refund(
        credit_id=credit.pk,
        basis="April was down.",
        by=actor("contracting_officer"),
        at=DEMANDED_AT,
    )
    return credit


def paid_back(credit, at=LATE_AT, dollars="9.00"):
    return record_refund(
        credit_id=credit.pk,
        dollars=Dollars(dollars),
        received_on=at.date(),
        reference="DEPOSIT-9",
        by=actor("payment_certifier"),
        at=at,
    )


def interest_paid(credit, dollars, at=LATE_AT, **more):
    terms = {"received_on": at.date(), "reference": "DEPOSIT-10"} | more
    by = terms.pop("by", actor("payment_certifier"))
    return record_debt_interest(
        credit_id=credit.pk, dollars=Dollars(dollars), **terms, by=by, at=at
    )


def both_rates():
    if DEMANDED_AT.date().year == 2026 and LATE_AT.date() >= date(2026, 7, 1):
        confirmed(proposed())


@pytest.mark.rule("R-PAY-06", case="allowed")
def test_a_late_refund_leaves_interest_until_that_is_paid_too(order, owes):
    both_rates()
    paid_back(owes)
    left = left_of(owes)
    percent = [rate_on(DEMANDED_AT.date() + timedelta(n)) for n in range(1, 41)]
    exact = sum(Fraction(9) * Fraction(p) / 100 / 365 for p in percent)
    assert left == Dollars(Decimal(int(exact * 100 + Fraction(1, 2))).scaleb(-2))
    assert any("of interest" in each.what for each in blockers_of_order(order))

    interest_paid(owes, str(left.amount))

    assert left_of(owes) == Dollars()
    assert not any("of interest" in each.what for each in blockers_of_order(order))
    assert_the_books_balance()


@pytest.mark.rule("R-PAY-06", case="refused")
def test_no_more_interest_is_recorded_than_is_owed(owes):
    both_rates()
    in_time = DEMANDED_AT + timedelta(days=30)
    with nothing_happens(), pytest.raises(NoInterestOwed) as refusal:
        interest_paid(owes, "0.01", at=in_time)
    assert refusal.value.rule == "R-PAY-06"
    paid_back(owes)
    with nothing_happens(), pytest.raises(NoInterestOwed):
        interest_paid(owes, "0.90")
    for terms in (
        {"reference": " "},
        {"received_on": DEMANDED_AT.date() - timedelta(1)},
    ):
        with nothing_happens(), pytest.raises(PaymentDateWrong):
            interest_paid(owes, "0.01", **terms)
    with nothing_happens(), pytest.raises(NotAllowed):
        interest_paid(owes, "0.01", by=actor("contracting_officer"))


def test_without_a_rate_no_interest_is_told(order, owes):
    very_late = LATE_AT + timedelta(days=90)
    paid_back(owes, at=very_late)

    with pytest.raises(RateMissing):
        interest_owed(owes, very_late.date())
    assert any("No Prompt Payment rate" in e.what for e in blockers_of_order(order))


def test_its_pages_say_what_is_owed_and_record_it(owes, told_the_time):
    both_rates()
    paid_back(owes)
    told_the_time(LATE_AT)
    page = reverse("payments:debt_interest", args=[owes.public_id])
    for outsider in ("other_agency_officer", "vendor_b_member"):
        assert client_for(actor(outsider)).get(page).status_code == 404
    shown = client_for(actor("vendor_a_member")).get(page).content.decode()
    assert "of interest is owed until" in shown
    left = left_of(owes)
    for verb, part, data in (
        ("record_debt_interest", "payment_certifier", {"reference": "D-1"}),
        ("waive_debt_interest", "contracting_officer", {"reason": "Small."}),
    ):
        url = reverse(f"payments:{verb}", args=[owes.public_id])
        assert client_for(actor("cor")).get(url).status_code == 403
        browser = client_for(actor(part))
        cents = {"dollars": "0.01", "received_on": LATE_AT.date().isoformat()}
        assert submit(browser, url, {**cents, **data}).status_code == 303
    assert left_of(owes) == Dollars()
    assert left > Dollars("0.01")


def test_its_page_says_which_rate_is_missing_and_not_that_nothing_is_owed(
    owes, told_the_time
):
    very_late = LATE_AT + timedelta(days=90)
    paid_back(owes, at=very_late)
    told_the_time(very_late)
    for verb, part in (
        ("record_debt_interest", "payment_certifier"),
        ("waive_debt_interest", "contracting_officer"),
    ):
        page = reverse(f"payments:{verb}", args=[owes.public_id])
        shown = client_for(actor(part)).get(page).content.decode()
        assert "No Prompt Payment rate is loaded for the half-year" in shown
        assert "$0.00" not in shown

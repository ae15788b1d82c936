"""Interest to the cent: published check values, and an oracle that adds day by day."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracting.core.quantities import Dollars
from contracting.disputes.calculations import claim_interest
from contracting.payments.calculations import (
    Delivery,
    constructively_accepted,
    due_on,
    interest_due_on,
)
from contracting.payments.calculations.interest import (
    Late,
    days_late,
    half_year_of,
    late_payment_interest,
    penalty,
)

RATE = Decimal("4.625")
PRINCIPAL = Dollars("100000")
DUE = date(2025, 5, 30)
RATES = {
    (2025, 1): Decimal("4.625"),
    (2025, 7): Decimal("4.5"),
    (2026, 1): Decimal("4.125"),
}


class NotLoadedError(Exception):
    """No rate is loaded for a day."""


def rate_on(day: date) -> Decimal:
    first, _last = half_year_of(day)
    try:
        return RATES[first.year, first.month]
    except KeyError as error:
        raise NotLoadedError(first) from error


def interest(dollars="100000", due=DUE, days=15):
    paid = due + timedelta(days=days)
    found = late_payment_interest(
        [Late(Dollars(dollars), due)], paid=paid, rate_on=rate_on
    )
    return sum((each.interest.amount for each in found), Decimal(0))


@pytest.mark.parametrize(
    ("days", "cents"),
    [(0, "0"), (1, "12.85"), (15, "192.71"), (30, "385.42"), (45, "578.87")],
)
def test_the_check_values_hold_to_the_cent(days, cents):
    assert penalty(PRINCIPAL, days=days, percent=RATE) == Dollars(cents)


def oracle(dollars: Decimal, days: int, percent: Decimal) -> Decimal:
    """Day by day on a principal that grows by its interest each 30 days."""
    with localcontext() as context:
        context.prec = 80
        principal, earned = dollars, Decimal(0)
        for day in range(1, days + 1):
            earned += principal * percent / 100 / 360
            if day % 30 == 0:
                principal, earned = principal + earned, Decimal(0)
        total = principal + earned - dollars
    return total.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


@given(
    cents=st.integers(0, 10**11),
    days=st.integers(0, 366),
    percent=st.decimals("0", "20", places=3),
)
def test_the_formula_is_what_grows_day_by_day(cents, days, percent):
    dollars = Decimal(cents) / 100
    assert penalty(Dollars(dollars), days=days, percent=percent).amount == oracle(
        dollars, days, percent
    )


def test_interest_runs_from_the_day_after_the_due_date():
    assert interest(days=0) == 0
    assert days_late(DUE, DUE - timedelta(days=3)) == 0
    assert interest(days=1) == Decimal("12.85")


def test_the_rate_of_the_day_after_the_due_date_stays_across_a_half_year():
    # Due on 30 May, paid on 29 July: 60 days, all at the rate of the first half-year
    assert interest(days=60) == penalty(PRINCIPAL, days=60, percent=RATE).amount
    # Due on 30 June, so that the first day of interest lies in the second half-year
    late = interest(due=date(2025, 6, 30), days=15)
    assert late == penalty(PRINCIPAL, days=15, percent=Decimal("4.5")).amount


def test_less_than_a_dollar_is_not_paid():
    assert interest("500", days=15) == 0
    assert interest("518", days=15) == Decimal("1.00")


def test_what_is_below_a_dollar_at_any_rate_needs_no_rate():
    assert interest("95", due=date(2026, 6, 30), days=15) == 0
    with pytest.raises(NotLoadedError):
        interest("96", due=date(2026, 6, 30), days=15)


def test_several_parts_have_their_own_due_dates():
    parts = [
        Late(Dollars("600"), DUE),
        Late(Dollars("400"), DUE),
        Late(Dollars("1000"), DUE + timedelta(days=10)),
        Late(Dollars("1000"), DUE + timedelta(days=100)),
    ]
    found = late_payment_interest(parts, paid=DUE + timedelta(days=20), rate_on=rate_on)

    assert [(each.dollars, each.days) for each in found] == [
        (Dollars(1000), 20),
        (Dollars(1000), 10),
    ]


@given(
    paid_after=st.integers(0, 500),
    since=st.integers(-60, 500),
    lasts=st.none() | st.integers(0, 400),
)
def test_disputed_days_are_counted_out_one_by_one(paid_after, since, lasts):
    paid, first = DUE + timedelta(days=paid_after), DUE + timedelta(days=since)
    last = None if lasts is None else first + timedelta(days=lasts)

    days = [DUE + timedelta(days=n) for n in range(1, min(paid_after, 365) + 1)]
    counted = [day for day in days if day < first or (last is not None and day > last)]

    part = Late(PRINCIPAL, DUE, disputed_from=first, disputed_until=last)
    assert part.days(paid) == len(counted)


def test_the_undisputed_part_bears_interest_alone():
    paid = DUE + timedelta(days=30)
    parts = [Late(Dollars("600"), DUE), Late(Dollars("400"), DUE, DUE)]
    (found,) = late_payment_interest(parts, paid=paid, rate_on=rate_on)

    assert (found.dollars, found.days) == (Dollars("600"), 30)

    # And the other once its dispute is over, for the days that follow
    settled = Late(Dollars("400"), DUE, DUE, DUE + timedelta(days=10))
    both = late_payment_interest([parts[0], settled], paid=paid, rate_on=rate_on)
    assert [(each.dollars, each.days) for each in both] == [
        (Dollars("400"), 20),
        (Dollars("600"), 30),
    ]


def test_nothing_is_computed_without_a_rate_unless_nothing_is_late():
    due = date(2026, 6, 30)
    with pytest.raises(NotLoadedError):
        interest(due=due, days=1)
    assert interest(due=due, days=0) == 0


def test_after_a_year_nothing_more_accrues():
    assert days_late(date(2024, 2, 29), date(2026, 1, 1)) == 365
    assert interest(days=365) == interest(days=700)


def test_a_claim_earns_simple_interest_at_the_rate_of_each_half_year():
    # From 15 June to 15 July 2025: 15 days at 4.625 % and 15 days at 4.5 %
    earned = claim_interest(
        PRINCIPAL, received=date(2025, 6, 15), paid=date(2025, 7, 15), rate_on=rate_on
    )
    right = 100_000 * (Decimal("0.04625") * 15 + Decimal("0.045") * 15) / 365
    assert earned.amount == right.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    with pytest.raises(NotLoadedError):
        claim_interest(
            PRINCIPAL,
            received=date(2026, 6, 30),
            paid=date(2026, 7, 1),
            rate_on=rate_on,
        )


# The clocks ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("delivered", "assumed"),
    [
        (date(2025, 12, 23), date(2025, 12, 30)),
        (date(2026, 5, 2), date(2026, 5, 9)),
        (date(2028, 2, 29), date(2028, 3, 7)),
        (date(2028, 2, 22), date(2028, 2, 29)),
    ],
)
@pytest.mark.rule("R-PAY-02", case="allowed")
def test_acceptance_is_assumed_on_the_seventh_calendar_day(delivered, assumed):
    late = Delivery(delivered, accepted=delivered + timedelta(days=20))
    early = Delivery(delivered, accepted=delivered + timedelta(days=2))

    assert constructively_accepted(late, days=7) == assumed
    assert constructively_accepted(late, days=10) == assumed + timedelta(days=3)
    assert constructively_accepted(early, days=7) == early.accepted


@pytest.mark.parametrize(
    ("received", "due"),
    [
        (date(2025, 12, 23), date(2026, 1, 22)),
        (date(2026, 5, 2), date(2026, 6, 1)),
        (date(2028, 2, 29), date(2028, 3, 30)),
        (date(2026, 5, 4), date(2026, 6, 3)),
        (date(2026, 4, 25), date(2026, 5, 26)),
    ],
)
def test_only_the_due_date_moves_to_a_business_day(received, due):
    """25 April to Memorial Day, 25 May 2026, which moves to the 26th."""
    assert due_on(received=received, accepted=received, payment_days=30) == due


def test_interest_runs_by_the_assumed_acceptance_and_not_on_what_is_disputed():
    delivered, received = date(2026, 4, 30), date(2026, 5, 4)
    slow = Delivery(delivered, accepted=date(2026, 6, 15))
    disputed = Delivery(delivered, accepted=date(2026, 6, 15), is_disputed=True)

    def due(delivery: Delivery) -> date:
        return interest_due_on(delivery, received=received, payment_days=30, days=7)

    assert due(slow) == date(2026, 6, 8)
    assert due(disputed) == date(2026, 7, 15)

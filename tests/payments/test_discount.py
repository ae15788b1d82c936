"""Discounts are read from the terms and taken when they are worth it."""

from datetime import date
from decimal import Decimal

import pytest

from contracting.core.quantities import Dollars
from contracting.payments.calculations.discount import Discount, discount_in


@pytest.mark.parametrize(
    ("terms", "percent", "days", "net"),
    [
        ("2/10 net 30", "2", 10, 30),
        ("2% 10, net 30", "2", 10, 30),
        ("2%/10 days, net 30 days", "2", 10, 30),
        ("1.5% in 15 days; Net 30", "1.5", 15, 30),
        ("0.25/20 n/45", "0.25", 20, 45),
    ],
)
def test_terms_are_read(terms, percent, days, net):
    assert discount_in(terms) == Discount(Decimal(percent), days, net)


@pytest.mark.parametrize(
    "terms",
    [
        "",
        "Net 30 days",
        "30 days",
        "0/10 net 30",
        "2/30 net 30",
        "2026/10 net",
        "NET45",
    ],
)
def test_other_terms_offer_none(terms):
    assert discount_in(terms) is None


def test_a_discount_is_weighed_by_the_year():
    # 2/98 × 360/20: the example of every manual
    offered = Discount(Decimal(2), 10, 30)
    assert offered.percent_per_year == Decimal("36.7346")
    assert offered.is_worth_it(Decimal(4))

    small = Discount(Decimal("0.2"), 10, 30)
    assert small.percent_per_year == Decimal("3.6072")
    assert not small.is_worth_it(Decimal(4))
    assert not small.is_worth_it(Decimal("3.6072"))


def test_its_amount_is_rounded_once_and_its_last_day_is_no_business_day():
    offered = Discount(Decimal("1.5"), 15, 30)
    assert offered.of(Dollars("9.00")) == Dollars("0.14")
    assert offered.last_day(date(2026, 5, 1)) == date(2026, 5, 16)

"""Discounts for prompt payment: read from the terms, and weighed against funds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Final

from contracting.core.quantities import Dollars

_TERMS: Final = re.compile(
    r"(?<![\d.])(\d{1,2}(?:\.\d{1,3})?)\s*%?\s*(?:/|in|if paid within|,)?\s*"
    r"(\d{1,3})(?:\s*days?)?\s*[,;/]?\s*(?:net|n)\s*/?\s*(\d{1,3})(?!\d)",
    re.IGNORECASE,
)
"""Such as "2/10 net 30", "2% 10, net 30" and "1.5% in 15 days, net 30"."""


@dataclass(frozen=True, slots=True)
class Discount:
    """So many percent off when paid within so many days of the invoice's date."""

    percent: Decimal
    days: int
    net_days: int

    def last_day(self, invoiced: date) -> date:
        """The last day on which it can be taken; a weekend does not move it."""
        return invoiced + timedelta(days=self.days)

    def of(self, dollars: Dollars) -> Dollars:
        """What is taken off, rounded half-up to the cent."""
        exact = Fraction(dollars.amount) * Fraction(self.percent) / 100
        return Dollars(Decimal((exact * 100 + Fraction(1, 2)).__floor__()) / 100)

    @property
    def percent_per_year(self) -> Decimal:
        """What it is worth a year: d/(100 − d) × 360/(n − days), to 4 decimals down."""
        left = self.net_days - self.days
        if left <= 0:
            return Decimal(0)
        off = Fraction(self.percent)
        yearly = off / (100 - off) * Fraction(360, left) * 100
        return Decimal((yearly * 10_000).__floor__()) / 10_000

    def is_worth_it(self, value_of_funds: Decimal) -> bool:
        """Whether it beats the current value of funds, in percent a year (R-PAY-05)."""
        return self.percent_per_year > value_of_funds


def discount_in(terms: str) -> Discount | None:
    """The discount that payment terms offer; none where they name no such thing."""
    found = _TERMS.search(terms)
    if found is None:
        return None
    percent, days, net = Decimal(found[1]), int(found[2]), int(found[3])
    if not percent or days >= net:
        return None
    return Discount(percent, days, net)

"""Where a charge comes from, and values that the verbs exchange."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from django.db.models import TextChoices

from contracting.core.quantities import Dollars, PricePerUnit
from contracting.reference.states import PriceStructure


class ChargeSource(TextChoices):
    """What makes an amount due that the meter does not count."""

    CALENDAR = "CALENDAR", "calendar"
    RECEIPT = "RECEIPT", "receipt"
    SETTLEMENT = "SETTLEMENT", "settlement"
    ADJUSTMENT = "ADJUSTMENT", "adjustment"
    CLAIM = "CLAIM", "allowed claim"


WITHOUT_A_PRICE: Final = (
    ChargeSource.SETTLEMENT,
    ChargeSource.ADJUSTMENT,
    ChargeSource.CLAIM,
)
"""What is due by a decision and not by a price of the order; it has no units."""


BY_CALENDAR: Final = (
    PriceStructure.SEATS,
    PriceStructure.BUNDLE,
    PriceStructure.RESERVED,
)
"""What is due because time passes, for the quantity in force on each day."""


@dataclass(frozen=True, slots=True)
class PriceOfDays:
    """A price per unit and the days on which it is in force; without end is open."""

    unit_rate_id: int
    price: PricePerUnit
    first: date
    last: date | None

    def holds_on(self, day: date) -> bool:
        """Whether it is the price of that day."""
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class Due:
    """What is due for some whole days at one price."""

    first: date
    last: date
    unit_rate_id: int
    price: PricePerUnit
    units: Decimal
    dollars: Dollars

"""The amounts that decide how much is asked, and what a notice or a price lacks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_DOWN, Decimal
from typing import Any, Final

from contracting.core.canonical import plain
from contracting.core.periods import accounting_day
from contracting.core.quantities import Dollars
from contracting.core.templatetags.drawdown import dollars
from contracting.fair_opportunity.models import Opportunity
from contracting.reference.queries import amounts_on

_CODES: Final = ("MPT", "SAT", "FAIR_OPPORTUNITY_ENHANCED", "FAIR_OPPORTUNITY_DAYS")
_MILLIONTH: Final = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Amounts:
    """The numbers of FAR 16.505(b) that are in force on a day."""

    micro_purchase: Dollars
    simplified: Dollars
    enhanced: Dollars
    days_to_respond: int


def amounts(on: date) -> Amounts:
    """:raises NoThreshold: if one of them is not in force on that day"""
    found = amounts_on(_CODES, on)
    return Amounts(
        Dollars(found["MPT"]),
        Dollars(found["SAT"]),
        Dollars(found["FAIR_OPPORTUNITY_ENHANCED"]),
        int(found["FAIR_OPPORTUNITY_DAYS"]),
    )


def enhanced_gaps(
    *, factors: str, respond_by: datetime, told_at: datetime, zone: str, on: Amounts
) -> list[str]:
    """What a notice lacks above the enhanced threshold (FAR 16.505(b)(1)(iv))."""
    gaps = []
    if not factors.strip():
        gaps.append(
            "The notice names no factors with their significance, price among them."
        )
    days = (accounting_day(respond_by, zone) - accounting_day(told_at, zone)).days
    if days < on.days_to_respond:
        gaps.append(
            f"It leaves {days} days to respond; a reasonable time is "
            f"{on.days_to_respond} days."
        )
    return gaps


def notice_content(opportunity: Opportunity, holders: list[str]) -> dict[str, Any]:
    """What the holders were told, for the record."""
    made: dict[str, Any] = plain(
        {
            "title": opportunity.title,
            "description": opportunity.description,
            "value": Dollars(opportunity.value_dollars),
            "basis": opportunity.basis,
            "factors": opportunity.factors,
            "respond_by": opportunity.respond_by,
            "holders": holders,
        }
    )
    return made


def discounted(price: Decimal, percent: Decimal) -> Decimal:
    """A price after a discount, cut after a millionth of a dollar."""
    return (price * (100 - percent) / 100).quantize(_MILLIONTH, rounding=ROUND_DOWN)


def above_contract(
    asked: Mapping[str, Decimal], contract: Mapping[str, Decimal]
) -> list[str]:
    """Which prices are of no subline of the contract, or above its rate."""
    gaps = [
        f"{slin} is no subline of your contract."
        for slin in sorted({*asked} - {*contract})
    ]
    gaps += [
        f"{slin} at {dollars(asked[slin])} is above your rate of {dollars(rate)}."
        for slin, rate in contract.items()
        if asked.get(slin, rate) > rate
    ]
    return gaps

"""Interest on what a vendor owes back and pays late: simple, by half-year."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from contracting.core.quantities import Dollars, total_dollars
from contracting.disputes.calculations import HalfYear, claim_halves

RateOn = Callable[[date], Decimal]
"""The published rate of a day, in percent a year; it raises where none is loaded."""


@dataclass(frozen=True, slots=True)
class Owed:
    """A part of a debt, and the day on which it was paid; without one it is owed."""

    dollars: Dollars
    paid_on: date | None = None


@dataclass(frozen=True, slots=True)
class Earned:
    """What a part has borne, and in which half-years."""

    dollars: Dollars
    until: date
    halves: tuple[HalfYear, ...]

    @property
    def interest(self) -> Dollars:
        return total_dollars(each.earned for each in self.halves)


def debt_interest(
    parts: Iterable[Owed], *, due: date, free_until: date, on: date, rate_on: RateOn
) -> list[Earned]:
    """Simple interest of each part that was not paid in time, to the cent.

    It runs from the day on which the debt was due, by days of a year of 365 or 366, at
    the rate of each half-year, unless the part is paid within the days of grace
    (FAR 32.608, 52.212-4(i)(6), 52.232-17). The day on which it was due is day 0.

    :param due: the day of the first written demand
    :param free_until: the last day on which it is paid without interest
    :param on: until when what is not paid is counted
    :raises Refusal: what ``rate_on`` raises where no rate of a half-year is loaded
    """
    found = []
    for part in parts:
        until = on if part.paid_on is None else min(part.paid_on, on)
        if until <= free_until or part.dollars <= Dollars():
            continue
        halves = claim_halves(part.dollars, received=due, paid=until, rate_on=rate_on)
        found.append(Earned(part.dollars, until, tuple(halves)))
    return found

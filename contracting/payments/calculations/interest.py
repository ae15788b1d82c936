"""Interest on what is paid too late, to the cent, from published rates alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Final

from contracting.core.periods import months_after
from contracting.core.quantities import Dollars, total_dollars

DAYS_OF_A_MONTH: Final = 30
DAYS_OF_A_YEAR: Final = 360
LEAST: Final = Dollars(1)
"""Less interest than this is not paid (5 CFR 1315.10(b))."""

MOST_PERCENT: Final = Decimal(25)
"""Above every rate that was ever published; the highest was 15.5, in 1981."""

RateOn = Callable[[date], Decimal]
"""The published rate of a day, in percent a year; it raises where none is loaded."""


@dataclass(frozen=True, slots=True)
class Late:
    """A part of a payment, and the due date after which its interest runs.

    On the days from ``disputed_from`` to ``disputed_until`` a dispute of it was on
    record, both included; without an end it still is.
    """

    dollars: Dollars
    due: date
    disputed_from: date | None = None
    disputed_until: date | None = None

    def days(self, paid: date) -> int:
        """The days of interest if it is paid on a day, without the disputed ones."""
        last = _last_day(self.due, paid)
        late = days_late(self.due, paid)
        if self.disputed_from is None:
            return late
        first = max(self.disputed_from, self.due + timedelta(days=1))
        end = min(self.disputed_until or last, last)
        return late - max((end - first).days + 1, 0)


@dataclass(frozen=True, slots=True)
class Interest:
    """What one part has earned: how long, at which rate, and how much in cents."""

    dollars: Dollars
    due: date
    days: int
    percent: Decimal
    interest: Dollars
    claim: str = ""
    """The claim that earns it by 41 U.S.C. 7109, in one half-year; else it is late."""


def half_year_of(day: date) -> tuple[date, date]:
    """The half-year for which a rate is published: its first and its last day."""
    if day.month <= 6:  # noqa: PLR2004
        return date(day.year, 1, 1), date(day.year, 6, 30)
    return date(day.year, 7, 1), date(day.year, 12, 31)


def days_late(due: date, paid: date) -> int:
    """The days from the day after the due date to the day of payment, one year at most.

    After a year nothing more accrues (31 U.S.C. 3907(b)(1)).
    """
    return max((_last_day(due, paid) - due).days, 0)


def _last_day(due: date, paid: date) -> date:
    return min(paid, months_after(due, 12))


def penalty(dollars: Dollars, *, days: int, percent: Decimal) -> Dollars:
    """P(1 + r/12)^n × (1 + (r/360)d) − P, rounded half-up to the cent.

    ``n`` are the whole periods of 30 days, at whose end interest is added to the
    principal, and ``d`` the days that are left (5 CFR 1315.10(a)(3), 1315.17).

    :param percent: percent a year, such as ``Decimal("4.625")``
    """
    rate = Fraction(percent) / 100
    months, rest = divmod(days, DAYS_OF_A_MONTH)
    grown = (1 + rate / 12) ** months * (1 + rate * rest / DAYS_OF_A_YEAR)
    return _cents(Fraction(dollars.amount) * (grown - 1))


def late_payment_interest(
    parts: list[Late], *, paid: date, rate_on: RateOn
) -> list[Interest]:
    """The interest of each part that is paid after its due date; none below US$ 1.

    The rate of a part is that of the day after its due date, and stays, whatever rate
    is published while it is late (5 CFR 1315.10(a)(1)). None runs on the days on which
    a part was disputed (31 U.S.C. 3907(c)).
    What would be below US$ 1 at any rate needs none.

    :raises Refusal: what ``rate_on`` raises where no rate is loaded
    """
    sums: dict[tuple[date, int], list[Dollars]] = {}
    for part in parts:
        days = part.days(paid)
        if days and part.dollars > Dollars(0):
            sums.setdefault((part.due, days), []).append(part.dollars)
    found = []
    if _at_most(sums) < LEAST:
        return []
    for (due, days), amounts in sorted(sums.items()):
        principal = total_dollars(amounts)
        percent = rate_on(due + timedelta(days=1))
        earned = penalty(principal, days=days, percent=percent)
        found.append(Interest(principal, due, days, percent, earned))
    if total_dollars(each.interest for each in found) < LEAST:
        return []
    return found


def _at_most(sums: dict[tuple[date, int], list[Dollars]]) -> Dollars:
    """What the interest could be at the most, whatever rate is published."""
    return total_dollars(
        penalty(total_dollars(amounts), days=days, percent=MOST_PERCENT)
        for (_due, days), amounts in sums.items()
    )


def _cents(exact: Fraction) -> Dollars:
    """An exact amount, never negative, in cents: half a cent goes up."""
    whole = (exact * 100 + Fraction(1, 2)).__floor__()
    return Dollars(Decimal(whole) / 100)

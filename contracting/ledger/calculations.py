"""Arithmetic on values: how usage divides between funds and no funds.

The unit here is the picodollar, 10^-12 dollars. A unit price has at most six decimals
of a dollar per million tokens, so one token costs a whole number of picodollars, every
product is exact in integers, and no digit is ever lost.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, TypeVar

from contracting.core.periods import fiscal_year
from contracting.core.quantities import Dollars, Tokens, UnitPrice
from contracting.ledger.models import LineOfAccounting
from contracting.ledger.states import Consumption, FundsType

Quantity = TypeVar("Quantity", Dollars, Tokens)


@dataclass(slots=True)
class Share:
    """What one ACRN takes of one key; unfunded is what no limit leaves room for."""

    key: Hashable
    place: int
    funded_tokens: int = 0
    funded_picodollars: int = 0
    unfunded_tokens: int = 0
    unfunded_picodollars: int = 0


def fold_usage(
    entries: Sequence[Consumption], *, tokens_left: int, funds_left: Sequence[Dollars]
) -> list[Share]:
    """Draw usage on the funds in the order given, up to the live limit (R-FND-08).

    Each entry draws on the ACRNs in their order of payment. Where a limit falls inside
    it, the largest whole number of tokens whose exact price fits is funded; the rest is
    unfunded in full and stands with the last ACRN. The result depends on the order of
    the entries and not on how they are cut into batches.

    :param tokens_left: room under the line's token ceiling
    :param funds_left: obligated and unused dollars by ACRN, in order of payment
    """
    left = [picodollars(funds) for funds in funds_left]
    shares: dict[tuple[Hashable, int], Share] = {}
    for entry in entries:
        price = picodollars_per_token(entry.unit_price)
        rest = entry.tokens.count
        for place in range(len(left)):
            fits = min(rest, tokens_left)
            if price:
                fits = min(fits, left[place] // price)
            if fits > 0:
                left[place] -= fits * price
                tokens_left -= fits
                rest -= fits
                share = _share(shares, entry.key, place)
                share.funded_tokens += fits
                share.funded_picodollars += fits * price
        if rest:
            share = _share(shares, entry.key, len(left) - 1)
            share.unfunded_tokens += rest
            share.unfunded_picodollars += rest * price
        elif not entry.tokens:
            _share(shares, entry.key, 0)
    return list(shares.values())


def _share(
    shares: dict[tuple[Hashable, int], Share], key: Hashable, place: int
) -> Share:
    found = shares.get((key, place))
    if found is None:
        found = shares[key, place] = Share(key, place)
    return found


def spread(amount: Quantity, rooms: Sequence[Quantity]) -> list[Quantity]:
    """Fill the rooms in order until the amount is used up.

    :returns: one part for each room; they sum to the amount if the rooms hold it
    """
    nothing = type(amount)()
    parts, rest = [], amount
    for room in rooms:
        part = min(rest, max(room, nothing))
        parts.append(part)
        rest = rest - part
    return parts


def picodollars_per_token(price: UnitPrice) -> int:
    """A price of $2.50 per million tokens is 2,500,000 picodollars a token."""
    return int(price.usd_per_million_tokens.scaleb(6))


def picodollars(amount: Dollars) -> int:
    """The exact amount as a whole number of picodollars."""
    return int(amount.amount.scaleb(12))


def dollars(amount: int) -> Dollars:
    """A whole number of picodollars as dollars."""
    return Dollars(Decimal(amount).scaleb(-12))


def severability_gap(line: LineOfAccounting, begins: date, ends: date) -> str:
    """Why annual funds do not buy a severable service of these days, else nothing.

    It begins in the fiscal year of the funds and lasts twelve months at most; it may
    cross into the next fiscal year (41 U.S.C. 3902). Funds of several years, or without
    a year, are exempt.

    :param begins: first day of the service that the funds buy
    :param ends: its last day
    """
    if line.type_of_funds != FundsType.ANNUAL:
        return ""
    year = fiscal_year(line.funds_available_from)
    if fiscal_year(begins) != year:
        return (
            f"The funds of {line.label} are annual, of fiscal year {year}; the service "
            f"begins on {begins}, in fiscal year {fiscal_year(begins)}."
        )
    if ends >= a_year_after(begins):
        return (
            f"The funds of {line.label} are annual and buy twelve months at most; the "
            f"service runs from {begins} to {ends}."
        )
    return ""


def a_year_after(day: date) -> date:
    """The same day of the next year; 1 March after a leap day."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return date(day.year + 1, 3, 1)


BAR_WIDTH: Final = 600


@dataclass(frozen=True, slots=True)
class Segment:
    """One part of a bar: its name, where it begins and how wide it is drawn."""

    name: str
    start: str
    width: str


def funds_bar(
    *, available: Dollars, committed: Dollars, obligated: Dollars, expended: Dollars
) -> list[Segment]:
    """What is used, obligated and committed, side by side on a bar of the allotment.

    :returns: the parts in drawing units of :data:`BAR_WIDTH`; free funds are the rest
    """
    segments, start = [], Decimal(0)
    parts = (
        ("expended", expended),
        ("obligated", obligated - expended),
        ("committed", committed),
    )
    for name, part in parts:
        share = part.amount / available.amount if available else Decimal(0)
        width = BAR_WIDTH * min(max(share, Decimal(0)), Decimal(1))
        segments.append(Segment(name, f"{start:.2f}", f"{width:.2f}"))
        start += width
    return segments

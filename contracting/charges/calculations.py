"""What the calendar makes due: pure arithmetic on days, quantities and prices."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from contracting.charges.states import Due, PriceOfDays
from contracting.core.periods import day_bounds
from contracting.reference.states import PartMonths, Unit

_DAY: Final = timedelta(days=1)
_SHOWN: Final = Decimal("0.000001")

Quantities = Sequence[tuple[date, int]]
"""From which day how many, in the order in which it was recorded; the last counts."""


def quantity_on(day: date, quantities: Quantities) -> int:
    """How many are in force on a day: the latest row, and of one day the last word."""
    found, since = 0, date.min
    for first, quantity in quantities:
        if since <= first <= day:
            found, since = quantity, first
    return found


def due_of_line(
    *,
    unit: str,
    part_months: str,
    first: date,
    last: date,
    until: date,
    quantities: Quantities,
    prices: Sequence[PriceOfDays],
    zone: str,
) -> list[Due]:
    """What the whole days and months before ``until`` have made due, in their order.

    Hours are due day by day, 23 to 25 of them; a month once it is over, or once the
    period of performance is. Days without a price are not due.

    :param first: first day of performance
    :param last: its last day
    :param until: today in the contract's time zone; it is not over
    """
    if unit == Unit.HOUR:
        return list(_hours(first, min(last, until - _DAY), quantities, prices, zone))
    found: list[Due] = []
    for begin, end in _months(first, last):
        if end < until:
            found += _month(begin, end, part_months, quantities, prices)
    return found


def _months(first: date, last: date) -> Iterator[tuple[date, date]]:
    """The calendar months of a period, cut at its ends."""
    begin = first
    while begin <= last:
        end = begin.replace(day=monthrange(begin.year, begin.month)[1])
        yield begin, min(end, last)
        begin = end + _DAY


def _days(begin: date, end: date) -> Iterator[date]:
    for n in range((end - begin).days + 1):
        yield begin + n * _DAY


def _hours(
    first: date,
    last: date,
    quantities: Quantities,
    prices: Sequence[PriceOfDays],
    zone: str,
) -> Iterator[Due]:
    for day in _days(first, last):
        price = _price_on(day, prices)
        quantity = quantity_on(day, quantities)
        if price is None or not quantity:
            continue
        bounds = day_bounds(day, zone)
        hours = (bounds.end - bounds.start) // timedelta(hours=1)
        units = Decimal(quantity * hours)
        yield Due(
            day, day, price.unit_rate_id, price.price, units, price.price.of(units)
        )


def _month(
    begin: date,
    end: date,
    part_months: str,
    quantities: Quantities,
    prices: Sequence[PriceOfDays],
) -> Iterator[Due]:
    """One month, or the part of it within the period of performance."""
    size = monthrange(begin.year, begin.month)[1]
    held = [quantity_on(day, quantities) for day in _days(begin, end)]
    if part_months == PartMonths.BY_DAY:
        yield from _by_day(begin, end, size, quantities, prices)
        return
    if part_months == PartMonths.IN_FULL:
        quantity = max(held)
    else:
        quantity = min(held) if len(held) == size else 0
    price = _price_on(begin, prices)
    if quantity and price is not None:
        units = Decimal(quantity)
        yield Due(
            begin, end, price.unit_rate_id, price.price, units, price.price.of(units)
        )


def _by_day(
    begin: date,
    end: date,
    size: int,
    quantities: Quantities,
    prices: Sequence[PriceOfDays],
) -> Iterator[Due]:
    """Each price of the month for the days on which it was in force."""
    for price in prices:
        days = [day for day in _days(begin, end) if price.holds_on(day)]
        held = sum(quantity_on(day, quantities) for day in days)
        if held:
            yield Due(
                days[0],
                days[-1],
                price.unit_rate_id,
                price.price,
                (Decimal(held) / size).quantize(_SHOWN, ROUND_HALF_UP),
                price.price.of_part(held, size),
            )


def _price_on(day: date, prices: Sequence[PriceOfDays]) -> PriceOfDays | None:
    return next((price for price in prices if price.holds_on(day)), None)

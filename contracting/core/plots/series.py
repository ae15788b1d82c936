"""What is left by day, from what was added and what was used; and its even plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

_DAY = timedelta(days=1)
_NONE = Decimal(0)


@dataclass(frozen=True, slots=True)
class Added:
    """What came to the funds or tokens as a day began; below zero, what was taken."""

    day: date
    amount: Decimal


def left_by_day(
    added: Sequence[Added],
    used: Mapping[date, Decimal],
    *,
    first: date,
    until: date,
    beside: Decimal = _NONE,
) -> list[tuple[date, Decimal]]:
    """What was left at the end of each day on which anything moved.

    A day on which something was added stands in it twice, before and after, and the
    day before a use once more, so that days of no use are level.

    :param until: the last day that is known
    :param beside: what was used on no day; it counts on the last one
    """
    start = min([first, *used])
    left = sum((each.amount for each in added if each.day <= start), _NONE)
    places = [(start, left)]
    moves = {each.day for each in added if start < each.day <= until}
    for day in sorted({*moves, *(day for day in used if day <= until)}):
        if day - _DAY > places[-1][0]:
            places.append((day - _DAY, left))
        came = sum((each.amount for each in added if each.day == day), _NONE)
        if came and day > start:
            places.append((day, left))
            left += came
            places.append((day, left))
        if day in used:
            left -= used[day]
            places.append((day, left))
    if until > places[-1][0]:
        places.append((until, left))
    if beside:
        places.append((places[-1][0], left - beside))
    return places


def planned_by_day(
    added: Sequence[Added], *, first: date, last: date, decimals: int = 2
) -> list[tuple[date, Decimal]]:
    """The plan: what there is, used in the same amount each day until the last one.

    What is added later is spread over the days that are left then.

    :param decimals: the decimals that a plan has: two of dollars, none of tokens
    """
    unit = Decimal(1).scaleb(-decimals)
    left = sum((each.amount for each in added if each.day <= first), _NONE)
    places, day = [(first, left)], first
    later = sorted({each.day for each in added if first < each.day <= last})
    for at in later:
        whole = (last - day).days
        gone = left * (at - day).days / whole if whole else _NONE
        left -= gone.quantize(unit, ROUND_HALF_UP)
        places.append((at, left))
        left += sum((each.amount for each in added if each.day == at), _NONE)
        places.append((at, left))
        day = at
    places.append((last, _NONE))
    return places

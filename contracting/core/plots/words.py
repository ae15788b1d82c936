"""Figures and days in the words of a plot: whole ones in sentences, short on axes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from typing import Final

from contracting.core.quantities import Dollars

_SIZES: Final = (
    (Decimal(10) ** 12, "T"),
    (Decimal(10) ** 9, "B"),
    (Decimal(10) ** 6, "M"),
    (Decimal(10) ** 3, "K"),
)


def tokens(value: Decimal | int) -> str:
    """1234567 -> 1,234,567 tokens, every one of them."""
    return f"{int(value):,}"


def dollars(value: Decimal | int) -> str:
    """1234.567 -> $1,234.57: dollars and cents; the table has every digit."""
    rounded = Dollars(Decimal(value)).to_cents().amount
    sign = "-" if rounded < 0 else ""
    return f"{sign}${abs(rounded):,.2f}"


def short(value: Decimal | int, sign: str = "") -> str:
    """2500000 -> 2.5 M, as an axis says it; ``sign`` is ``"$"`` or empty."""
    number = Decimal(value)
    minus = "-" if number < 0 else ""
    size, letter = next(
        ((size, letter) for size, letter in _SIZES if abs(number) >= size),
        (Decimal(1), ""),
    )
    figure = f"{(abs(number) / size).normalize():f}"
    return f"{minus}{sign}{figure}{' ' if letter else ''}{letter}"


def day(value: date) -> str:
    """14 Mar 2027."""
    return f"{value.day} {value:%b %Y}"


def shares(values: Sequence[Decimal | int]) -> list[Decimal]:
    """Each part of the sum in percent, one decimal; together they are 100.0.

    What rounding down leaves goes to the largest remainders, the earlier first. Parts
    below zero have no share of anything and are refused.

    :raises ValueError: if a part is negative
    """
    parts = [Decimal(value) for value in values]
    if any(part < 0 for part in parts):
        message = "a share is of parts that are not negative"
        raise ValueError(message)
    whole = sum(parts, Decimal(0))
    if not whole:
        return [Decimal("0.0") for _ in parts]
    exact = [part * 1000 / whole for part in parts]
    floors = [int(each.to_integral_value(ROUND_FLOOR)) for each in exact]
    left = 1000 - sum(floors)
    by_remainder = sorted(
        range(len(parts)), key=lambda index: (floors[index] - exact[index], index)
    )
    for index in by_remainder[:left]:
        floors[index] += 1
    return [Decimal(each).scaleb(-1) for each in floors]


def count(number: int, one: str, many: str = "") -> str:
    """3, "hour" -> 3 hours."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"

"""Shares of cents: exact, whole and without a rest."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Final, NamedTuple

WHOLE: Final = Decimal(100)
"""Percent."""


class Target(NamedTuple):
    """Whose a part is; all empty: nobody's yet."""

    office: str = ""
    project: str = ""
    capability: str = ""

    @property
    def words(self) -> str:
        """Its names, as far as it has any."""
        return " · ".join(part for part in self if part) or "Unallocated"


NOBODY: Final = Target()


def apportion(cents: int, weights: Sequence[Fraction]) -> list[int]:
    """Whole cents in proportion to weights, whose sum is the whole (largest remainder).

    Each part is its exact share rounded down; the cents that are left go to the largest
    remainders, of equal ones to the first. No part is a cent away from its exact share.

    :param cents: zero or more; below zero the parts mirror those of the amount above
    :param weights: zero or more, at least one above zero
    :raises ValueError: if no weight is above zero, or one is below
    """
    if cents < 0:
        return [-part for part in apportion(-cents, weights)]
    whole = sum(weights, Fraction(0))
    if whole <= 0 or any(weight < 0 for weight in weights):
        message = "Weights are zero or more, and one is above zero."
        raise ValueError(message)
    exact = [cents * weight / whole for weight in weights]
    parts = [part.numerator // part.denominator for part in exact]
    left = cents - sum(parts)
    order = sorted(range(len(exact)), key=lambda n: (parts[n] - exact[n], n))
    for n in order[:left]:
        parts[n] += 1
    return parts


def cents_of(amount: Decimal) -> int:
    """An amount of whole cents as a number of them.

    :raises ValueError: if it has a part of a cent
    """
    cents = amount * 100
    if cents != int(cents):
        message = "Only whole cents are shared out."
        raise ValueError(message)
    return int(cents)

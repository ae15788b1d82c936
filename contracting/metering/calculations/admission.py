"""Who gets room under which limits: one after the other, until nothing is left.

Pure, and in integers: tokens, picodollars, millionths of a unit of a pool (ACU).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

Key = tuple[str, str]
"""A scope and a name: an order line, a CLIN, a project, a key, or the order."""

Amounts = tuple[int, int, int]
"""Tokens, picodollars and micro-ACU."""

TOKENS: Final = 0
DOLLARS: Final = 1
MICRO_ACU: Final = 2
UNITS: Final = ("tokens", "dollars", "micro_acu")


@dataclass(slots=True)
class Limit:
    """One limit and what it has left; ``says`` names it to a person."""

    key: Key
    unit: int
    left: int
    code: str
    says: str


@dataclass(slots=True)
class Demand:
    """What one request takes of everything that it touches."""

    by_key: dict[Key, Amounts] = field(default_factory=dict)

    def add(self, key: Key, tokens: int, dollars: int, micro_acu: int) -> None:
        """Take so much more of ``key``."""
        before = self.by_key.get(key, (0, 0, 0))
        self.by_key[key] = (
            before[0] + tokens,
            before[1] + dollars,
            before[2] + micro_acu,
        )


def binding(demand: Demand, limits: Iterable[Limit]) -> list[tuple[Limit, int]]:
    """The limits that leave less than is asked, each with what is asked of it."""
    found = []
    for limit in limits:
        amounts = demand.by_key.get(limit.key)
        if amounts is not None and amounts[limit.unit] > limit.left:
            found.append((limit, amounts[limit.unit]))
    return found


def take(demand: Demand, limits: Sequence[Limit]) -> None:
    """Take what was asked; whoever comes next finds that much less."""
    for limit in limits:
        amounts = demand.by_key.get(limit.key)
        if amounts is not None:
            limit.left -= amounts[limit.unit]

"""What an order of one line must come to, call by call, as a page of additions.

It knows nothing of deltas, folds or roll-ups: it sorts the calls and draws each on the
first ACRN that can pay for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class PlainCall:
    """One call of one line: when, its id, and its tokens by class."""

    at: datetime
    event_id: str
    tokens: tuple[tuple[str, int], ...]


def drawn(
    calls: Iterable[PlainCall],
    prices: dict[str, Decimal],
    funds: Sequence[Decimal],
    ceiling: int,
) -> list[tuple[int, Decimal, int, Decimal]]:
    """Funded tokens and dollars, unfunded tokens and dollars of each ACRN."""
    found = [[0, Decimal(0), 0, Decimal(0)] for _ in funds]
    left, room = list(funds), ceiling
    for call in sorted(calls, key=lambda call: (call.at, call.event_id)):
        for code, count in sorted(call.tokens):
            price, rest = prices[code] / 1_000_000, count
            for place, _ in enumerate(funds):
                fits = min(rest, room, int(left[place] // price))
                left[place] -= fits * price
                room -= fits
                rest -= fits
                found[place][0] += fits
                found[place][1] += fits * price
            found[-1][2] += rest
            found[-1][3] += rest * price
    return [(a, b, c, d) for a, b, c, d in found]

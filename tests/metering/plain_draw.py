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
    tokens = [[0, 0] for _ in funds]
    dollars = [[Decimal(0), Decimal(0)] for _ in funds]
    left, room = list(funds), ceiling
    for call in sorted(calls, key=lambda call: (call.at, call.event_id)):
        for code, count in sorted(call.tokens):
            price, rest = prices[code] / 1_000_000, count
            for place, _ in enumerate(funds):
                fits = min(rest, room, int(left[place] // price))
                left[place] -= fits * price
                room -= fits
                rest -= fits
                tokens[place][0] += fits
                dollars[place][0] += fits * price
            tokens[-1][1] += rest
            dollars[-1][1] += rest * price
    return [
        (counted[0], worth[0], counted[1], worth[1])
        for counted, worth in zip(tokens, dollars, strict=True)
    ]

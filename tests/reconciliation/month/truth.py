"""A month of use as it happened: a trace of real calls, repeated and scaled by a seed.

Three orders with two lines each, four models, two tiers and five token classes. Nothing
here knows how views are compared.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache

from contracting.core.quantities import Dollars, Tokens, UnitPrice, total_dollars
from contracting.operate.story.truth import TRACE
from contracting.reconciliation.states import Kind

START = datetime(2026, 4, 1, tzinfo=UTC)
DAYS = 30
END = START + timedelta(days=DAYS)
CHANGE = START + timedelta(days=15)
"""From here on model 2 has another price."""

ORDERS = (1, 2, 3)
MODELS = (1, 2, 3, 4)
TIERS = ("STANDARD", "BATCH")
CLASSES = (
    "IN_UNCACHED",
    "IN_CACHE_READ",
    "IN_CACHE_WRITE_5M",
    "OUT_TEXT",
    "OUT_REASONING",
)
UNUSED = "IN_AUDIO"
"""A class that has a price and that nobody uses."""

_PRICES = {
    1: ("15", "1.5", "18.75", "75", "75"),
    2: ("10", "1", "12.5", "40", "40"),
    3: ("12", "1.2", "15", "60", "60"),
    4: ("8", "0.8", "10", "24", "24"),
}
_LATER = ("9", "0.9", "11.25", "36", "36")


def kinds_of(order: int) -> list[Kind]:
    """Order line, model and tier: two models on each of the two lines of an order."""
    return [
        (order * 10 + (1 if model <= 2 else 2), model, tier)
        for model in MODELS
        for tier in TIERS
    ]


def price_of(kind: Kind, code: str, at: datetime) -> UnitPrice:
    """Dollars per million tokens; of a batch half as much."""
    return _price(kind[1], kind[2], code, at >= CHANGE)


@cache
def _price(model: int, tier: str, code: str, later: bool) -> UnitPrice:
    if code == UNUSED:
        return UnitPrice("7")
    row = _LATER if model == 2 and later else _PRICES[model]
    price = row[CLASSES.index(code)]
    usd = UnitPrice(price).usd_per_million_tokens
    return UnitPrice(usd / 2 if tier == "BATCH" else usd)


@dataclass(frozen=True, slots=True)
class Call:
    """An attempt of a request, with its disjoint counts; a failed one is not due."""

    order: int
    kind: Kind
    request: str
    attempt: int
    at: datetime
    tokens: Mapping[str, int]
    failed: bool = False

    @property
    def day(self) -> date:
        return self.at.date()

    @property
    def dollars(self) -> Dollars:
        return total_dollars(
            price_of(self.kind, code, self.at).of(Tokens(n))
            for code, n in self.tokens.items()
        )


@cache
def trace() -> tuple[tuple[timedelta, int, int], ...]:
    """When each call of the real hour came, and its tokens in and out."""
    with TRACE.open(newline="") as file:
        rows = list(csv.reader(file))[1:]
    instants = [datetime.fromisoformat(row[0][:26]) for row in rows]
    return tuple(
        (at - instants[0], int(row[1]), int(row[2]))
        for at, row in zip(instants, rows, strict=True)
    )


def calls_of(seed: int, *, a_day: int, scale: int = 1) -> list[Call]:
    """The calls of a month: the real hour drawn out over each of its days.

    :param a_day: calls of each kind on each day
    :param scale: how many times the real tokens each call has
    """
    dice = random.Random(seed)
    rows = trace()
    found: list[Call] = []
    number = dice.randrange(len(rows))
    for day in range(DAYS):
        for order in ORDERS:
            for kind in kinds_of(order):
                if order == 3 and day == DAYS - 1:
                    continue  # its period of performance is over
                for _ in range(a_day):
                    number += dice.randrange(1, 400)
                    after, read, made = rows[number % len(rows)]
                    at = START + timedelta(days=day) + after * 24
                    name = f"r{order}-{len(found)}"
                    tokens = _parted(dice, read * scale, made * scale)
                    again = dice.random() < 0.04
                    if again:
                        found.append(
                            Call(order, kind, name, 1, at, tokens, failed=True)
                        )
                    at += timedelta(seconds=again)
                    found.append(Call(order, kind, name, 1 + again, at, tokens))
    return found


def _parted(dice: random.Random, read: int, made: int) -> dict[str, int]:
    """Tokens read and made, in disjoint classes; each has some."""
    cached = read * dice.randint(5, 60) // 100 + dice.randint(1, 40)
    written = read * dice.randint(2, 10) // 100 + dice.randint(1, 40)
    thought = made * dice.randint(10, 70) // 100 + dice.randint(1, 40)
    return {
        "IN_UNCACHED": max(read - cached - written, 0) + dice.randint(300, 900),
        "IN_CACHE_READ": cached,
        "IN_CACHE_WRITE_5M": written,
        "OUT_TEXT": made + dice.randint(1, 40),
        "OUT_REASONING": thought,
    }

"""Which cells of the roll-ups usage adds to, and how much."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any


@dataclass(slots=True)
class Sums:
    """Rated lines, tokens, exact dollars and micro-ACU of a cell."""

    events: int = 0
    tokens: int = 0
    dollars: Decimal = Decimal(0)
    micro_acu: Decimal = Decimal(0)

    def add(self, rolled: Rolled, sign: int) -> None:
        """Add usage, or take it off."""
        self.events += sign * rolled.events
        self.tokens += sign * rolled.tokens
        self.dollars += sign * rolled.dollars
        if rolled.acu_per_million_tokens is not None:
            self.micro_acu += sign * rolled.tokens * rolled.acu_per_million_tokens

    @property
    def values(self) -> tuple[int, int, Decimal, Decimal]:
        return self.events, self.tokens, self.dollars, self.micro_acu


@dataclass(frozen=True, slots=True)
class Rolled:
    """Usage of one line at one price in one hour and day.

    :param kind: primary key of the model, token class and tier
    """

    agency_id: int
    order_line_id: int
    rate_row_id: int
    usd_per_million_tokens: Decimal
    kind: tuple[int, str, str]
    hour: datetime
    day: date
    events: int
    tokens: int
    dollars: Decimal
    acu_per_million_tokens: Decimal | None = None


Cells = dict[tuple[Any, ...], Sums]


@dataclass(slots=True)
class Cube:
    """The cells of each table, by their keys."""

    hours: Cells = field(default_factory=lambda: defaultdict(Sums))
    days: Cells = field(default_factory=lambda: defaultdict(Sums))
    portfolio: Cells = field(default_factory=lambda: defaultdict(Sums))

    def add(self, usage: Iterable[Rolled], sign: int = 1) -> None:
        """Add usage to its hour, its day and the day of its agency."""
        for each in usage:
            line = each.order_line_id
            price = (each.rate_row_id, each.usd_per_million_tokens)
            self.hours[(line, each.hour, *price, *each.kind)].add(each, sign)
            self.days[(line, each.day, *each.kind)].add(each, sign)
            self.portfolio[(each.agency_id, each.day, *each.kind)].add(each, sign)


def filled(cells: Mapping[tuple[Any, ...], Sums]) -> Cells:
    """Those that hold anything: usage and its correction, or a call without tokens."""
    return {key: sums for key, sums in cells.items() if any(sums.values)}

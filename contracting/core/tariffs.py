"""Prices that depend on volume, on values: which tokens lie on which step.

Usage is put in an order, and each token gets the price of the volume at which it
stands: marginally, so that no later token makes an earlier one dearer or cheaper. The
evaluation of an offer and the rating of its usage both cut volumes here, and nowhere
else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final

from contracting.core.quantities import UnitPrice

LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Step:
    """The price of the tokens after so many of the line's volume."""

    from_tokens: int
    price: UnitPrice


@dataclass(frozen=True, slots=True)
class Tariff:
    """What a price row says: its steps by rising volume, or what it burns of a pool."""

    rate_row_id: int
    steps: tuple[Step, ...] = ()
    burn: Decimal | None = None
    usd_per_acu: Decimal | None = None

    def cut(self, start: int, tokens: int, first: UnitPrice) -> Iterator[Cut]:
        """The tokens from a volume on, cut where the price changes.

        :param first: the price below the first step; no step is dearer on an order
        """
        edges = [Step(0, first), *self.steps]
        for place, step in enumerate(edges):
            low = max(start, step.from_tokens)
            high = start + tokens
            if place + 1 < len(edges):
                high = min(high, edges[place + 1].from_tokens)
            if high > low:
                yield Cut(step.from_tokens, min(step.price, first), high - low)


@dataclass(frozen=True, slots=True)
class Cut:
    """Some tokens of a use that have one price."""

    from_tokens: int
    price: UnitPrice
    tokens: int


@dataclass(frozen=True, slots=True)
class Use:
    """One class of one event, corrections included, as step one has rated it."""

    order_line_id: int
    tariff: Tariff
    period_start: date
    scope: int
    """What its volume is counted over: an order line or a contract line."""
    tokens: int
    price: UnitPrice
    """Of step one."""
    occurred_at: datetime = LONG_AGO
    kind: tuple[int, str, str] = (0, "", "")
    """The model, the tier and the class, as an invoice names them."""


@dataclass(frozen=True, slots=True)
class Portion:
    """Tokens of a use on one step, or in a pool."""

    use: Use
    from_tokens: int
    price: UnitPrice
    tokens: int

    @property
    def key(self) -> tuple[int, int, date, int]:
        """The order line, the price row, the period and the step."""
        use = self.use
        row = use.tariff.rate_row_id
        return use.order_line_id, row, use.period_start, self.from_tokens


def allot(uses: Iterable[Use]) -> list[Portion]:
    """Put every use on its steps.

    :param uses: in the order (occurred at, source, event id, class)
    """
    reached: dict[tuple[int, date], int] = defaultdict(int)
    portions = []
    for use in uses:
        scope = use.scope, use.period_start
        for cut in use.tariff.cut(reached[scope], use.tokens, use.price):
            portions.append(Portion(use, cut.from_tokens, cut.price, cut.tokens))
        reached[scope] += use.tokens
    return portions

"""Step two of rating, on values: which tokens of a period lie on which step.

Step one rates each event as it comes, at the highest step. Here the usage of a line is
put in the order of time, however it arrived, and each token gets the price of the
volume at which it stands: marginally, so that no later token makes an earlier one
dearer or cheaper.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final

from contracting.core.quantities import Dollars, Tokens, UnitPrice, total_dollars
from contracting.ledger.calculations import dollars, micro_acu, picodollars_per_token_of
from contracting.ledger.states import Allotted
from contracting.metering.calculations import ledger_key

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

    @property
    def allotted(self) -> Allotted:
        """The same as the ledger takes it; below the first step nothing is renamed."""
        tariff = self.use.tariff
        name = ledger_key(tariff.rate_row_id)
        if tariff.burn is not None and tariff.usd_per_acu is not None:
            period = self.use.period_start.isoformat()
            return Allotted(
                f"{name} pool {period}", self.tokens, tariff.usd_per_acu, tariff.burn
            )
        if self.price != self.use.price or self.from_tokens:
            price = self.price.usd_per_million_tokens
            name = f"{name} step {self.from_tokens} at {price.normalize():f}"
        return Allotted(name, self.tokens, self.price.usd_per_million_tokens)


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


@dataclass(frozen=True, slots=True)
class StepTotal:
    """What one step or pool of an order line comes to in a period."""

    order_line_id: int
    rate_row_id: int
    period_start: date
    from_tokens: int
    price: UnitPrice | None
    tokens: int
    micro_acu: int
    provisional: Dollars
    exact: Dollars

    @property
    def key(self) -> tuple[int, int, date, int]:
        """The same as that of its portions."""
        return (
            self.order_line_id,
            self.rate_row_id,
            self.period_start,
            self.from_tokens,
        )


def costs_of(portions: Sequence[Portion]) -> Dollars:
    """What some portions come to; the units of each pool and period rounded once."""
    return total_dollars(each.exact for each in totals(portions))


def totals(portions: Iterable[Portion]) -> list[StepTotal]:
    """The portions by order line, price row, period and step.

    The units of a pool are rounded here, half-up to the micro-ACU, and nowhere else.
    """
    found: dict[tuple[int, int, date, int], list[Portion]] = defaultdict(list)
    for portion in portions:
        found[portion.key].append(portion)
    return [_total(key, same) for key, same in sorted(found.items())]


def _total(key: tuple[int, int, date, int], portions: Sequence[Portion]) -> StepTotal:
    tokens = sum(portion.tokens for portion in portions)
    by_price: dict[UnitPrice, int] = defaultdict(int)
    exact: dict[UnitPrice, int] = defaultdict(int)
    for portion in portions:
        by_price[portion.use.price] += portion.tokens
        exact[portion.price] += portion.tokens
    provisional = total_dollars(p.of(Tokens(n)) for p, n in by_price.items())
    tariff = portions[0].use.tariff
    if tariff.burn is not None and tariff.usd_per_acu is not None:
        units = micro_acu(tokens, tariff.burn)
        costs = dollars(units * picodollars_per_token_of(tariff.usd_per_acu))
        return StepTotal(*key, None, tokens, units, provisional, costs)
    costs = total_dollars(p.of(Tokens(n)) for p, n in exact.items())
    price = portions[0].price if len(exact) == 1 else None
    return StepTotal(*key, price, tokens, 0, provisional, costs)

"""Step two of rating, on values: what the steps and pools of a period come to.

Step one rates each event as it comes, at the highest step. Here the usage of a line,
which :mod:`contracting.core.tariffs` has put on its steps in the order of time, however
it arrived, is summed by price row, period and step.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from contracting.core.quantities import Dollars, Tokens, UnitPrice, total_dollars
from contracting.core.tariffs import Portion
from contracting.ledger.calculations import burnt
from contracting.ledger.states import Allotted
from contracting.metering.calculations import ledger_key


def allotted(portion: Portion) -> Allotted:
    """A portion as the ledger takes it; below the first step nothing is renamed."""
    tariff = portion.use.tariff
    name = ledger_key(tariff.rate_row_id)
    if tariff.burn is not None and tariff.usd_per_acu is not None:
        period = portion.use.period_start.isoformat()
        return Allotted(
            f"{name} pool {period}", portion.tokens, tariff.usd_per_acu, tariff.burn
        )
    if portion.price != portion.use.price or portion.from_tokens:
        price = portion.price.usd_per_million_tokens
        name = f"{name} step {portion.from_tokens} at {price.normalize():f}"
    return Allotted(name, portion.tokens, portion.price.usd_per_million_tokens)


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
        units, costs = burnt(tokens, tariff.burn, tariff.usd_per_acu)
        return StepTotal(*key, None, tokens, units, provisional, costs)
    costs = total_dollars(p.of(Tokens(n)) for p, n in exact.items())
    price = portions[0].price if len(exact) == 1 else None
    return StepTotal(*key, price, tokens, 0, provisional, costs)

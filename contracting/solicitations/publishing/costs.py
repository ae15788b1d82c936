"""What the reference workload costs at the figures of an offer, exactly.

How many tokens stand on which step follows from the published workload alone, so that
each line costs its tokens times its price. They are put on the steps by the code that
rates usage, and the units of a pool are counted by the code that counts them there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby, pairwise
from typing import Any, Final, TypeAlias

from contracting.core.quantities import (
    Dollars,
    PricePerUnit,
    Tokens,
    UnitPrice,
    total_dollars,
)
from contracting.core.tariffs import Step, Tariff, Use, allot
from contracting.ledger.calculations import burnt
from contracting.reference.states import CountedPer, PriceStructure
from contracting.solicitations.models import SolicitationLine
from contracting.solicitations.publishing.options import by_rule
from contracting.solicitations.states import Quote

Figures: TypeAlias = Mapping[str, Decimal]
"""What an offer puts to each line, by number of the line."""

_FREE: Final = UnitPrice(0)
_ANY_MONTH: Final = date(2000, 1, 1)
_MOST_PER_MTOK: Final = Decimal(999_999)


@dataclass(frozen=True, slots=True)
class WorkloadPrice:
    """What one line of the reference workload costs at its figure, exactly.

    :param months: the tokens that stand on it, by period of the workload
    :param usd_per_acu: of a pool, the price of the unit that its class burns
    """

    line: SolicitationLine
    months: tuple[int, ...]
    figure: Decimal
    usd_per_acu: Decimal | None = None

    @property
    def tokens(self) -> Tokens:
        return Tokens(sum(self.months))

    @property
    def micro_acu(self) -> int:
        """What it burns of a pool, in millionths, rounded once for each period."""
        return sum(units for units, _dollars in self._burnt())

    @property
    def amount(self) -> Dollars:
        quote = self.line.quote
        if quote == Quote.USD_PER_UNIT:
            return PricePerUnit(self.figure).of(self.line.workload_units)
        if quote == Quote.ACU_PER_MTOK:
            return total_dollars(dollars for _units, dollars in self._burnt())
        return UnitPrice(self.figure).of(self.tokens)

    @property
    def figure_words(self) -> str:
        """The figure as people read it."""
        return self.line.figure_words(self.figure)

    @property
    def basis_words(self) -> str:
        """What the figure is multiplied with, in words."""
        if self.line.token_class is None:
            return self.line.workload_words
        words = f"{self.tokens.count:,} tokens"
        if self.usd_per_acu is None:
            return words
        units = Decimal(self.micro_acu).scaleb(-6).normalize()
        return f"{words}, {units:,f} ACU"

    def _burnt(self) -> list[tuple[int, Dollars]]:
        if self.usd_per_acu is None:
            return []
        return [burnt(each, self.figure, self.usd_per_acu) for each in self.months]


def structures(lines: Iterable[SolicitationLine]) -> list[str]:
    """How the lines are priced that are not simply priced per million tokens."""
    return [
        f"CLIN {rows[0].clin}: {rows[0].structure_words}."
        for rows in _by_clin(lines)
        if rows[0].structure != PriceStructure.UNIT_PRICE
    ]


def priced_in_words(lines: Iterable[SolicitationLine]) -> str:
    """What is bought and how it is priced, as a sentence has it."""
    known = list(lines)
    words = [each.removesuffix(".") for each in structures(known)]
    if any(line.structure == PriceStructure.UNIT_PRICE for line in known):
        plain = "tokens of AI models by class, at fixed unit prices per million tokens"
        words.insert(0, plain)
    return "; ".join(words)


def workload_total(lines: Iterable[WorkloadPrice]) -> Dollars:
    """The evaluated price of an offer: its prices on the whole reference workload."""
    return total_dollars(line.amount for line in lines)


def workload_prices(
    lines: Iterable[SolicitationLine],
    figures: Figures,
    used: Mapping[str, int] | None = None,
) -> dict[str, WorkloadPrice]:
    """By number, what each line costs that has a figure.

    A class of a pool has a cost once its unit has a price.

    :param used: other tokens than those of the published workload, by line
    """
    found: dict[str, WorkloadPrice] = {}
    for rows in _by_clin(lines):
        units = [row for row in rows if row.quote == Quote.USD_PER_ACU]
        per_acu = figures.get(units[0].slin) if units else None
        months = tokens_on(rows, used)
        for row in rows:
            figure, is_burn = figures.get(row.slin), row.quote == Quote.ACU_PER_MTOK
            if figure is None or (is_burn and per_acu is None):
                continue
            price = WorkloadPrice(
                row, months[row.slin], figure, per_acu if is_burn else None
            )
            found[row.slin] = price
    return found


def implausible(lines: Iterable[SolicitationLine], figures: Figures) -> list[str]:
    """Classes of a pool whose tokens would cost a million dollars a million or more."""
    return [
        slin
        for slin, cost in workload_prices(lines, figures).items()
        if cost.usd_per_acu is not None
        and cost.figure * cost.usd_per_acu > _MOST_PER_MTOK
    ]


def at_option(
    lines: Iterable[SolicitationLine], figures: Figures, percent: Decimal
) -> dict[str, Decimal]:
    """The figures as an option's rule changes them: prices, and no multiplier."""
    return {
        line.slin: figures[line.slin]
        if line.quote == Quote.ACU_PER_MTOK
        else by_rule(figures[line.slin], percent)
        for line in lines
        if line.slin in figures
    }


def workload_months(
    lines: Iterable[SolicitationLine],
) -> dict[str, tuple[int, ...]]:
    """By number, the tokens of the published workload that stand on each line."""
    found: dict[str, tuple[int, ...]] = {}
    for rows in _by_clin(lines):
        found |= tokens_on(rows)
    return found


def tokens_on(
    rows: Sequence[SolicitationLine], used: Mapping[str, int] | None = None
) -> dict[str, tuple[int, ...]]:
    """The tokens of the workload on each row of a CLIN, by period.

    Where the volume decides, they are used in equal months, and within a month in the
    proportions of the whole: on every step each class has the share that it has of all.
    """
    tokens = {row.slin: row.workload_tokens for row in rows}
    tokens |= {slin: n for slin, n in (used or {}).items() if slin in tokens}
    if not rows or not rows[0].is_by_volume:
        return {row.slin: (tokens[row.slin],) for row in rows}
    first = rows[0]
    count = periods_of(first)
    months = {slin: equal_parts(whole, count) for slin, whole in tokens.items()}
    if first.structure == PriceStructure.POOL:
        return months
    return _on_steps(rows, months, count)


def periods_of(line: SolicitationLine) -> int:
    """Over how many equal periods its workload is used, each of a volume of its own."""
    is_monthly = line.is_by_volume and line.counted_per == CountedPer.MONTH
    return line.workload_periods if is_monthly else 1


def equal_parts(whole: int, count: int) -> tuple[int, ...]:
    """A number in equal parts; what does not divide falls on the first of them."""
    each, rest = divmod(whole, count)
    return tuple(each + (place < rest) for place in range(count))


def _on_steps(
    rows: Sequence[SolicitationLine], months: Mapping[str, tuple[int, ...]], count: int
) -> dict[str, tuple[int, ...]]:
    """The tokens of each class on the rows of its steps, by period."""
    found = {row.slin: (0,) * count for row in rows}
    classes: dict[Any, list[SolicitationLine]] = {}
    for row in rows:
        classes.setdefault(_kind(row), []).append(row)
    tables = [sorted(own, key=lambda row: row.from_tokens) for own in classes.values()]
    placed = by_step(
        [[row.from_tokens for row in table] for table in tables],
        [months[table[0].slin] for table in tables],
    )
    for table, own in zip(tables, placed, strict=True):
        found |= {row.slin: own[row.from_tokens] for row in table}
    return found


def by_step(
    volumes: Sequence[Sequence[int]], months: Sequence[Sequence[int]]
) -> list[dict[int, tuple[int, ...]]]:
    """Of each class, the tokens by the volume from which their price holds.

    :param volumes: of each class those at which its price changes, rising from 0
    :param months: of each class the tokens by period
    """
    tariffs = [
        Tariff(place, tuple(Step(volume, _FREE) for volume in own))
        for place, own in enumerate(volumes)
    ]
    edges = sorted({volume for own in volumes for volume in own})
    periods = list(zip(*months, strict=True))
    placed = {counts: _placed(tariffs, counts, edges) for counts in set(periods)}
    return [
        {
            volume: tuple(placed[counts][place, volume] for counts in periods)
            for volume in own
        }
        for place, own in enumerate(volumes)
    ]


def _placed(
    tariffs: Sequence[Tariff], counts: Sequence[int], edges: Sequence[int]
) -> dict[tuple[int, int], int]:
    """The tokens of one period by place of their class and step; none is left out."""
    uses = [
        Use(
            order_line_id=0,
            tariff=tariffs[place],
            period_start=_ANY_MONTH,
            scope=0,
            tokens=tokens,
            price=_FREE,
        )
        for place, tokens in in_the_mix(counts, edges)
    ]
    found: dict[tuple[int, int], int] = defaultdict(int)
    for portion in allot(uses):
        found[portion.use.tariff.rate_row_id, portion.from_tokens] += portion.tokens
    return found


def in_the_mix(
    counts: Sequence[int], edges: Sequence[int]
) -> Iterator[tuple[int, int]]:
    """The tokens of some classes in the sequence in which the workload uses them.

    Up to each volume at which a price changes every class is used in the proportion of
    what is left of it, in whole tokens, by the largest remainder.

    :param edges: the volumes at which a price changes, rising from 0
    :returns: the place of a class in ``counts``, and tokens of it
    """
    left, whole = list(counts), sum(counts)
    ends = [*(edge for edge in edges if 0 < edge < whole), whole]
    for start, end in pairwise([0, *ends]):
        remaining = sum(left)
        if not remaining:
            return
        width = end - start
        parts = [divmod(count * width, remaining) for count in left]
        taken = [part for part, _rest in parts]
        by_rest = sorted(range(len(left)), key=lambda place: (-parts[place][1], place))
        for place in by_rest[: width - sum(taken)]:
            taken[place] += 1
        for place, tokens in enumerate(taken):
            left[place] -= tokens
            if tokens:
                yield place, tokens


def _by_clin(lines: Iterable[SolicitationLine]) -> Iterator[list[SolicitationLine]]:
    """The rows of each CLIN, by number."""
    ordered = sorted(lines, key=lambda line: line.slin)
    for _clin, rows in groupby(ordered, lambda line: line.clin):
        yield list(rows)


def _kind(line: SolicitationLine) -> tuple[Any, ...]:
    return line.token_class_id, line.tier, line.context_band, line.boundary

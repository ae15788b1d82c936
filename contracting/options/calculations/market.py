"""What an option costs on the published workload, beside the public list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import groupby
from typing import Any, TypeAlias

from contracting.contracts.models import Contract, ContractOption, RateRow
from contracting.core.canonical import plain
from contracting.core.quantities import Dollars, Tokens, UnitPrice, total_dollars
from contracting.evaluations.pricing.comparisons import percent
from contracting.evaluations.pricing.priced import PricedLine
from contracting.options.calculations import rates_of, steps_of, unit_rates_of
from contracting.reference.queries import list_price
from contracting.solicitations.models import SolicitationLine
from contracting.solicitations.publishing.costs import (
    by_step,
    equal_parts,
    periods_of,
)
from contracting.solicitations.states import ContextBand

_LONG_INPUT = 200_001
_Workload: TypeAlias = Mapping[tuple[Any, ...], tuple[int, ...]]
"""The published tokens by period, by what they are of."""


@dataclass(frozen=True, slots=True)
class MarketCheck:
    """The contract's reference workload at option prices, beside the public list.

    Lines without a public list price, or without a workload, are left out on both
    sides and counted.
    """

    lines: Sequence[PricedLine]
    without_workload: Sequence[str]

    @property
    def compared(self) -> list[PricedLine]:
        """The lines that have a public list price."""
        return [line for line in self.lines if line.list_amount is not None]

    @property
    def not_comparable(self) -> list[str]:
        """The lines without a public list price."""
        unlisted = (line.slin for line in self.lines if line.list_amount is None)
        return list(dict.fromkeys(unlisted))

    @property
    def at_option(self) -> Dollars:
        """The compared lines at the prices of the option."""
        return total_dollars(line.amount for line in self.compared)

    @property
    def at_list(self) -> Dollars:
        """The same lines at public list prices."""
        return total_dollars(
            line.list_amount for line in self.compared if line.list_amount is not None
        )

    @property
    def is_better(self) -> bool:
        """Whether there is something to compare, and the option is no dearer."""
        return bool(self.compared) and self.at_option <= self.at_list

    @property
    def percent_of_list(self) -> str | None:
        """The share of list that the option costs, in per cent."""
        listed = Fraction(self.at_list.amount)
        return percent(Fraction(self.at_option.amount) / listed) if listed else None

    def plain(self, on: date) -> dict[str, Any]:
        """As a determination keeps it."""
        made: dict[str, Any] = plain(
            {
                "on": on,
                "at_option": self.at_option,
                "at_list": self.at_list,
                "percent_of_list": self.percent_of_list,
                "is_better": self.is_better,
                "not_comparable": self.not_comparable,
                "without_workload": list(self.without_workload),
                "lines": [
                    {
                        "slin": line.slin,
                        "label": line.label,
                        "model": line.model,
                        "tokens": line.tokens,
                        "price": line.price,
                        "amount": line.amount,
                        "list_price": line.list_price,
                        "list_amount": line.list_amount,
                        "list_source": line.list_source,
                    }
                    for line in self.lines
                ],
            }
        )
        return made


def market_check(option: ContractOption, starts: date, on: date) -> MarketCheck:
    """Price the reference workload by the option and by the list known on a day.

    The workload of a line is that which the solicitation published for it.

    :param starts: the first day of the option's prices
    """
    workload = _workload(option.contract)
    rates = rates_of(option, starts)
    without = [row.slin for row, _price in rates if _key(row) not in workload]
    known = [(row, price) for row, price in rates if _key(row) in workload]
    lines: list[PricedLine] = []
    for _line, own in groupby(known, lambda rate: rate[0].line_id):
        lines += _on_steps(option, list(own), workload, on)
    without += [row.line.clin for row in unit_rates_of(option, starts)]
    return MarketCheck(lines, without)


def _on_steps(
    option: ContractOption,
    own: Sequence[tuple[RateRow, UnitPrice]],
    workload: _Workload,
    on: date,
) -> Iterator[PricedLine]:
    """The rows of a CLIN; of tiers each step, with the tokens that stand on it."""
    prices = [{0: price, **steps_of(option, row)} for row, price in own]
    months = [workload[_key(row)] for row, _price in own]
    placed = by_step([sorted(each) for each in prices], months)
    for (row, _price), steps, tokens in zip(own, prices, placed, strict=True):
        for start, count in tokens.items():
            label = row.token_class.label
            if len(steps) > 1:
                label += (
                    f", from {f'{start:,} tokens' if start else 'the first token'} on"
                )
            yield _priced_line(row, label, steps[start], sum(count), on)


def _workload(contract: Contract) -> _Workload:
    """The published tokens by what they are of, by period."""
    rows = SolicitationLine.objects.filter(
        solicitation=contract.solicitation_id, is_removed=False
    )
    found: dict[tuple[Any, ...], tuple[int, ...]] = {}
    for row in rows:
        key = (row.slin[1:], row.token_class_id, row.tier, row.context_band)
        found[key] = equal_parts(row.workload_tokens, periods_of(row))
    return found


def _key(row: RateRow) -> tuple[Any, ...]:
    """A line of an option has the place of its base line: 1001AA that of 0001AA."""
    return (row.slin[1:], row.token_class_id, row.tier, row.context_band)


def _priced_line(
    row: RateRow, label: str, price: UnitPrice, tokens: int, on: date
) -> PricedLine:
    is_long = row.context_band == ContextBand.OVER_200K
    listed = list_price(
        row.model,
        row.token_class,
        on,
        tier=row.tier,
        input_tokens=_LONG_INPUT if is_long else 0,
    )
    source = ""
    if listed is not None:
        source = f"{listed.package_version}, imported {listed.imported_on.isoformat()}"
    return PricedLine(
        slin=row.slin,
        label=label,
        token_class=row.token_class.code,
        model=row.model.snapshot,
        tokens=Tokens(tokens),
        price=price,
        list_price=None if listed is None else listed.price,
        list_source=source,
    )

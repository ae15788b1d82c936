"""An offer on the published workload, line by line; shares are exact fractions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from contracting.core.quantities import Dollars, Tokens, UnitPrice, total_dollars
from contracting.reference.states import PriceStructure
from contracting.solicitations.models import SolicitationLine
from contracting.solicitations.publishing.costs import (
    WorkloadPrice,
    at_option,
    workload_prices,
    workload_total,
)
from contracting.solicitations.publishing.options import priced
from contracting.solicitations.states import Quote

SIGMAS: Final = 3
"""A class is flagged when it stands this many sigma from the offer's other classes."""

SMALLEST_SIGMA: Final = Fraction(1, 10)
"""Sigma is never taken for less than this share of the mean of the other classes."""


@dataclass(frozen=True, slots=True)
class PastPrice:
    """The price of the same model and class in the agency's last award before."""

    price: UnitPrice
    source: str


@dataclass(frozen=True, slots=True)
class PricedLine:
    """One line of the workload at the offered price, and at list price if known."""

    slin: str
    label: str
    token_class: str
    model: str
    tokens: Tokens
    price: UnitPrice
    list_price: UnitPrice | None
    list_source: str
    past: PastPrice | None = None
    normalised_as: str = ""
    workload: WorkloadPrice | None = None
    """Where the line is one of a price schedule, what it costs by its structure."""

    of_class: Fraction | None = None
    """Where it has steps or a pool, what a million tokens of its class come to."""

    @property
    def amount(self) -> Dollars:
        if self.workload is None:
            return self.price.of(self.tokens)
        return self.workload.amount

    @property
    def structure(self) -> str:
        """How its CLIN is priced."""
        if self.workload is None:
            return PriceStructure.UNIT_PRICE
        return self.workload.line.structure

    @property
    def figure_words(self) -> str:
        """What is quoted, where it is not simply a price per million tokens."""
        if self.workload is None or self.structure == PriceStructure.UNIT_PRICE:
            return ""
        return f"{self.workload.figure_words} ({self.workload.line.quote_words})"

    @property
    def basis_words(self) -> str:
        """What it is multiplied with, where those are not simply tokens."""
        if self.workload is None or self.structure == PriceStructure.UNIT_PRICE:
            return ""
        return self.workload.basis_words

    @property
    def is_apart(self) -> bool:
        """Whether it is a further step of a class or the unit of a pool.

        Neither is a price of its own: it shows in what its class comes to.
        """
        if self.workload is None:
            return False
        line = self.workload.line
        return bool(line.from_tokens) or line.quote == Quote.USD_PER_ACU

    @property
    def list_amount(self) -> Dollars | None:
        return None if self.list_price is None else self.list_price.of(self.tokens)

    @property
    def share_of_list(self) -> Fraction | None:
        """Offered price by list price; ``None`` without a list price above zero."""
        if self.list_price is None or not self.list_price.usd_per_million_tokens:
            return None
        listed = Fraction(self.list_price.usd_per_million_tokens)
        if self.structure == PriceStructure.UNIT_PRICE:
            return Fraction(self.price.usd_per_million_tokens) / listed
        return None if self.of_class is None else self.of_class / listed


@dataclass(frozen=True, slots=True)
class PricedOffer:
    """One offer on the whole workload."""

    submission_id: int
    public_id: str
    vendor: str
    lines: Sequence[PricedLine]
    missing: Sequence[str]
    unacknowledged: Sequence[str] = ()
    unconfirmed: Sequence[str] = ()
    option_percents: Sequence[Decimal] = ()

    @property
    def with_options(self) -> Dollars:
        """The base, and the same workload once more at the prices of each option.

        It is what offers are compared by where options are evaluated (FAR 52.217-5).
        """
        added = [self._at_option(percent) for percent in self.option_percents]
        return total_dollars([self.evaluated, *added])

    def _at_option(self, percent: Decimal) -> Dollars:
        known = self.schedule
        if known:
            figures = at_option(known, self.figures, percent)
            return workload_total(workload_prices(known, figures).values())
        return total_dollars(
            priced(line.price, percent).of(line.tokens) for line in self.lines
        )

    @property
    def schedule(self) -> list[SolicitationLine]:
        """The lines of the price schedule that it prices."""
        return [line.workload.line for line in self.lines if line.workload]

    @property
    def figures(self) -> dict[str, Decimal]:
        """What it puts to each of them."""
        return {line.slin: line.workload.figure for line in self.lines if line.workload}

    @property
    def depends_on_volume(self) -> bool:
        """Whether its total does not move in a straight line with the tokens."""
        return any(line.structure == PriceStructure.TIERS for line in self.lines)

    def total_on(self, used: Mapping[str, int]) -> Dollars:
        """What it comes to if other tokens are used, by number of the line."""
        known = workload_prices(self.schedule, self.figures, used)
        return workload_total(known.values())

    @property
    def is_ranked(self) -> bool:
        """Whether every line has a price that counts, or that was put in by a rule."""
        return not self.missing and not self.unconfirmed

    @property
    def normalised(self) -> list[str]:
        """The lines whose price was put in to compare the offer by."""
        return [line.slin for line in self.lines if line.normalised_as]

    @property
    def evaluated(self) -> Dollars:
        return total_dollars(line.amount for line in self.lines)

    @property
    def at_list(self) -> Dollars | None:
        """The whole workload at list price; ``None`` if a line has none."""
        amounts = [
            line.list_amount
            for line in self.lines
            if line.workload is None or line.workload.line.quote != Quote.USD_PER_ACU
        ]
        if any(amount is None for amount in amounts):
            return None
        return total_dollars(amounts)

    @property
    def unbalanced(self) -> list[PricedLine]:
        """The lines whose price stands far from the offer's other lines.

        Each class is measured as a share of its list price (FAR 15.404-1(g)).
        """
        shares = self._shares()
        return [
            line
            for line in self.lines
            if line.slin in shares and _stands_out(line.slin, shares)
        ]

    @property
    def unjudged(self) -> list[PricedLine]:
        """The lines whose balance cannot be judged.

        They have no public list price above zero, or are the only line that has one.
        """
        shares = self._shares()
        alone = len(shares) < 2
        return [
            line
            for line in self.lines
            if not line.is_apart and (alone or line.slin not in shares)
        ]

    def _shares(self) -> dict[str, Fraction]:
        return {
            line.slin: line.share_of_list
            for line in self.lines
            if line.share_of_list is not None
            and not line.normalised_as
            and not line.is_apart
        }


def _stands_out(slin: str, shares: Mapping[str, Fraction]) -> bool:
    others = [share for key, share in shares.items() if key != slin]
    own = shares[slin]
    if not others:
        return False
    mean = sum(others, Fraction(0)) / len(others)
    variance = sum(((share - mean) ** 2 for share in others), Fraction(0)) / len(others)
    smallest = (SMALLEST_SIGMA * mean) ** 2
    return (own - mean) ** 2 > SIGMAS**2 * max(variance, smallest)

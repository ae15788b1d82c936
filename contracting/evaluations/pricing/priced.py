"""An offer on the published workload, line by line; shares are exact fractions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from contracting.core.quantities import Dollars, Tokens, UnitPrice, total_dollars
from contracting.solicitations.publishing.options import priced
from contracting.submissions.calculations import WorkloadPrice

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

    @property
    def amount(self) -> Dollars:
        return WorkloadPrice(self.tokens, self.price).amount

    @property
    def list_amount(self) -> Dollars | None:
        return None if self.list_price is None else self.list_price.of(self.tokens)

    @property
    def share_of_list(self) -> Fraction | None:
        """Offered price by list price; ``None`` without a list price above zero."""
        if self.list_price is None or not self.list_price.usd_per_million_tokens:
            return None
        return Fraction(self.price.usd_per_million_tokens) / Fraction(
            self.list_price.usd_per_million_tokens
        )


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
        added = [
            priced(line.price, percent).of(line.tokens)
            for percent in self.option_percents
            for line in self.lines
        ]
        return total_dollars([self.evaluated, *added])

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
        amounts = [line.list_amount for line in self.lines]
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
        return [line for line in self.lines if alone or line.slin not in shares]

    def _shares(self) -> dict[str, Fraction]:
        return {
            line.slin: line.share_of_list
            for line in self.lines
            if line.share_of_list is not None and not line.normalised_as
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

"""What a new model costs beside the one it follows, and beside the public list."""

from __future__ import annotations

from decimal import ROUND_DOWN, Decimal
from fractions import Fraction
from typing import Final

from contracting.core.templatetags.drawdown import dollars as money
from contracting.modifications.models import ContractModification

MOST_TOKENS: Final = Fraction(103, 100)
"""How many tokens more a successor may need before its price falls in proportion."""


def dearer_than_predecessor(modification: ContractModification) -> list[str]:
    """The prices at which a successor would make the same work dearer (R-MOD-08).

    Price times normalisation factor is the effective price; both models are counted on
    one corpus, so their factors compare as their counts do.
    """
    ramp = modification.on_ramp
    if ramp.predecessor is None or not ramp.predecessor_tokens:
        return []
    if Fraction(ramp.model_tokens, ramp.predecessor_tokens) <= MOST_TOKENS:
        return []
    old = {
        (rate["class"], rate["tier"], rate["boundary"]): Decimal(rate["price"])
        for line in modification.base_content["lines"]
        for rate in line["rates"]
        if rate["model"] == ramp.predecessor.snapshot
    }
    return [
        f"{rate['slin']} at {money(Decimal(rate['price']))}"
        for rate in modification.rates
        if (was := old.get((rate["class"], rate["tier"], rate["boundary"]))) is not None
        and Decimal(rate["price"]) * ramp.model_tokens > was * ramp.predecessor_tokens
    ]


def less(price: Decimal, percent: Decimal) -> Decimal:
    """A list price less a discount, in whole millionths of a dollar, never above it."""
    exact = price * (100 - percent) / 100
    return exact.quantize(Decimal("0.000001"), ROUND_DOWN)

"""How far the tokens and dollars that are left go, at one mix of token classes."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from contracting.core.quantities import Dollars, Tokens
from contracting.orders.states import CEILING, FUNDS, TOKENS, RateOnOrder, Reach


def reach(
    mix: str, price: Fraction | None, tokens: Tokens, ceiling: Dollars, funds: Dollars
) -> Reach | None:
    """What the tightest of the three lets through, in whole tokens."""
    if price is None:
        return None
    dollars = min(ceiling, funds)
    within = (
        int(Fraction(dollars.amount) * 1_000_000 / price) if price else tokens.count
    )
    if tokens.count <= within:
        binding = TOKENS
    else:
        binding = FUNDS if funds <= ceiling else CEILING
    shown = Decimal(price.numerator) / Decimal(price.denominator)
    return Reach(
        mix=mix,
        usd_per_million_tokens=shown.quantize(Decimal("0.000001")),
        tokens=Tokens(max(0, min(tokens.count, within))),
        binding=binding,
    )


def planned_price(rates: list[RateOnOrder], shares: dict[str, int]) -> Fraction | None:
    """The price of a million tokens at the mix of the published reference workload."""
    weighed = [(shares.get(rate.slin, 0), price_of(rate)) for rate in rates]
    total = sum(weight for weight, _price_of in weighed)
    if not total:
        return None
    return sum((weight * price for weight, price in weighed), Fraction()) / total


def price_of(rate: RateOnOrder) -> Fraction:
    return Fraction(rate.price.usd_per_million_tokens)

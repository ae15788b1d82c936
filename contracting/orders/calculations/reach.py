"""How far the tokens and dollars that are left go, at one mix of token classes."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

from contracting.core.quantities import Dollars, Tokens
from contracting.orders.states import CEILING, FUNDS, POOL, TOKENS, RateOnOrder, Reach


def reach(
    mix: str,
    price: Fraction | None,
    tokens: Tokens,
    ceiling: Dollars,
    funds: Dollars,
    *,
    pool: tuple[int | None, Fraction | None] = (None, None),
) -> Reach | None:
    """What the tightest of the limits lets through, in whole tokens.

    :param pool: of a line that is one, the micro-ACU left and those a token burns
    """
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
    left, burn = pool
    if left is not None and burn:
        units = int(left / burn)
        if units < min(tokens.count, within):
            within, binding = units, POOL
    shown = Decimal(price.numerator) / Decimal(price.denominator)
    return Reach(
        mix=mix,
        usd_per_million_tokens=shown.quantize(Decimal("0.000001")),
        tokens=Tokens(max(0, min(tokens.count, within))),
        binding=binding,
    )


def planned_price(rates: list[RateOnOrder], shares: dict[str, int]) -> Fraction | None:
    """The price of a million tokens at the mix of the published reference workload."""
    return _weighed(rates, shares, price_of)


def planned_burn(rates: list[RateOnOrder], shares: dict[str, int]) -> Fraction | None:
    """The micro-ACU that a token burns at the same mix; none on a line without pool."""
    return _weighed(rates, shares, burn_of) if any(r.burn for r in rates) else None


def _weighed(
    rates: list[RateOnOrder],
    shares: dict[str, int],
    of: Callable[[RateOnOrder], Fraction],
) -> Fraction | None:
    weighed = [(shares.get(rate.slin, 0), of(rate)) for rate in rates]
    total = sum(weight for weight, _ in weighed)
    if not total:
        return None
    return sum((weight * each for weight, each in weighed), Fraction()) / total


def burn_of(rate: RateOnOrder) -> Fraction:
    """The micro-ACU that a token of this price burns."""
    return Fraction(rate.burn or 0)


def price_of(rate: RateOnOrder) -> Fraction:
    return Fraction(rate.price.usd_per_million_tokens)

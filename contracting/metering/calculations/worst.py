"""The most that a call can cost before it is made (R-MET-10).

Pure. A call is taken at its dearest: every token of input at the dearest class of input
that the order prices (a cache write for an hour, the long-context band), every token of
output at the dearest class of output (reasoning), each at the highest step of a tier.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_CEILING, Decimal
from typing import Final

from contracting.metering.calculations import Rate

PICO: Final = 10**12
_PICO_OF_A_PRICE: Final = 10**6
_INPUT: Final = "IN_"


@dataclass(frozen=True, slots=True)
class Ask:
    """Room for so many calls of a model on an order, as a gateway asks for it.

    :param order_ref: the order by its opaque id or its PIID
    :param input_tokens_max: the most tokens of input of one call, of all classes
    :param output_tokens_max: the most tokens of output of one call, reasoning included
    :param tier: empty where the call may be served at any
    :param key_ref: the key of the gateway's own client, not ours
    """

    reservation_id: str
    order_ref: str
    model: str
    input_tokens_max: int
    output_tokens_max: int
    tier: str = ""
    boundary: str = ""
    calls: int = 1
    project: str = ""
    key_ref: str = ""
    gateway: str = ""
    epoch: int = 0

    @property
    def sha256(self) -> str:
        """Of everything that is asked: the same id with another body is refused."""
        said = "\n".join(
            (
                *(self.order_ref, self.model, self.tier, self.boundary),
                *(self.project, self.key_ref, self.gateway),
                f"{self.input_tokens_max} {self.output_tokens_max}",
                f"{self.calls} {self.epoch}",
            )
        )
        return hashlib.sha256(said.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Dearest:
    """The highest prices on one order line, in picodollars and pico-ACU per token."""

    order_line_id: int
    input_price: int | None
    output_price: int | None
    input_burn: int
    output_burn: int


@dataclass(frozen=True, slots=True)
class Share:
    """What one call can take of one order line at most."""

    order_line_id: int
    tokens: int
    picodollars: int
    micro_acu: int

    def as_row(self) -> list[int]:
        """As a reservation keeps it."""
        return [self.order_line_id, self.tokens, self.picodollars, self.micro_acu]


def dearest_prices(
    rates: Iterable[Rate],
    *,
    model_id: int,
    tier: str,
    boundary: str,
    begins: datetime,
    ends: datetime,
) -> list[Dearest]:
    """The highest price of input and of output on each order line that prices a model.

    Of all context bands and, where none is named, of all tiers; of the prices that are
    in force at any instant of the lease.
    """
    by_line: dict[int, list[Rate]] = {}
    for rate in rates:
        starts_in_time = rate.starts_at < ends
        still_runs = rate.ends_at is None or rate.ends_at > begins
        fits = rate.model_id == model_id and rate.boundary == boundary
        if fits and tier in ("", rate.tier) and starts_in_time and still_runs:
            by_line.setdefault(rate.order_line_id, []).append(rate)
    return [_dearest(line, found) for line, found in sorted(by_line.items())]


def _dearest(line: int, rates: Iterable[Rate]) -> Dearest:
    price: dict[bool, int] = {}
    burn: dict[bool, int] = {True: 0, False: 0}
    for rate in rates:
        is_input = rate.token_class_code.startswith(_INPUT)
        per_token = int(rate.price.usd_per_million_tokens * _PICO_OF_A_PRICE)
        units = int((rate.acu_per_million_tokens or Decimal(0)) * _PICO_OF_A_PRICE)
        price[is_input] = max(price.get(is_input, 0), per_token)
        burn[is_input] = max(burn[is_input], units)
    return Dearest(line, price.get(True), price.get(False), burn[True], burn[False])


def worst_case(ask: Ask, prices: Iterable[Dearest]) -> list[Share]:
    """What one call takes of each order line at most; empty where a price is missing.

    A call whose input and output are priced on two lines may take of both; one that is
    priced twice is reserved on each line, since nobody knows yet which will count.
    """
    shares, has_input, has_output = [], False, False
    for each in prices:
        tokens = dollars = units = 0
        if each.input_price is not None:
            has_input = True
            tokens += ask.input_tokens_max
            dollars += ask.input_tokens_max * each.input_price
            units += ask.input_tokens_max * each.input_burn
        if each.output_price is not None:
            has_output = True
            tokens += ask.output_tokens_max
            dollars += ask.output_tokens_max * each.output_price
            units += ask.output_tokens_max * each.output_burn
        shares.append(Share(each.order_line_id, tokens, dollars, _micro(units)))
    lacks_input = bool(ask.input_tokens_max) and not has_input
    lacks_output = bool(ask.output_tokens_max) and not has_output
    return [] if lacks_input or lacks_output else shares


def _micro(pico_acu: int) -> int:
    return -(-pico_acu // _PICO_OF_A_PRICE)


def in_picodollars(amount: Decimal, *, up: bool = False) -> int:
    """Dollars as whole picodollars; what is kept has at most twelve decimals."""
    scaled = amount.scaleb(12)
    return int(scaled.to_integral_value(ROUND_CEILING)) if up else int(scaled)


def in_dollars(picodollars: int) -> Decimal:
    """Whole picodollars as dollars, exact."""
    return Decimal(picodollars).scaleb(-12)


def in_text(picodollars: int) -> str:
    """Whole picodollars as dollars with twelve decimals, exact."""
    whole, part = divmod(abs(picodollars), PICO)
    sign = "-" if picodollars < 0 else ""
    return f"{sign}{whole}.{part:012}"

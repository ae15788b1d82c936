"""What somebody drafts, as the content of the contract will have it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from contracting.contracts.calculations import PRICING, provisional_price
from contracting.contracts.models import Contract
from contracting.core.canonical import plain
from contracting.core.periods import day_bounds
from contracting.modifications.calculations.words import DOLLARS, TERMS, is_by_unit
from contracting.modifications.models import ContractModification
from contracting.modifications.refusals import TermInvalid
from contracting.modifications.states import LineDraft, RateDraft, UnitRateDraft
from contracting.reference.models import AiModel
from contracting.reference.states import (
    BY_VOLUME,
    UNITS_OF,
    CountedOver,
    CountedPer,
    PriceStructure,
)
from contracting.solicitations.calculations import check_tolerances
from contracting.solicitations.publishing.terms import TOLERANCES
from contracting.solicitations.refusals import TermInvalid as NotATerm

MOST_TOKENS = 9_000_000_000_000_000
"""At which a step may begin; far more than is ever used."""


def plain_line(line: LineDraft) -> dict[str, Any]:
    """A new line as the content has it, without prices and funds."""
    made: dict[str, Any] = plain(
        {
            "clin": line.clin,
            "description": line.description,
            "psc": line.psc,
            "pricing": PRICING.get(line.structure, f"fixed unit price per {line.unit}"),
            "structure": str(line.structure),
            "unit": str(line.unit),
            "estimated_tokens": line.estimated_tokens,
            "ceiling_dollars": line.ceiling_dollars.amount,
        }
    )
    if line.is_by_unit:
        made |= plain(
            {
                "estimated_units": line.estimated_units,
                "part_months": str(line.part_months),
            }
        )
    if line.structure in BY_VOLUME:
        made["counted_over"] = str(line.counted_over)
        made["counted_per"] = str(line.counted_per)
    of_option = {"option": line.option_number, "orders_from": line.orders_from}
    known = {name: value for name, value in of_option.items() if value is not None}
    return made | dict(plain(known))


def plain_unit_rate(rate: UnitRateDraft, zone: str) -> dict[str, Any]:
    """A new price per unit as the content has it, with the line it stands on."""
    made: dict[str, Any] = plain(
        {
            "clin": rate.clin,
            "price": rate.price.usd_per_unit,
            "from": day_bounds(rate.first_day, zone).start,
            "to": None,
        }
    )
    return made


def plain_rate(rate: RateDraft, model: AiModel, zone: str) -> dict[str, Any]:
    """A new price as the content has it, with the line it stands on."""
    made: dict[str, Any] = plain(
        {
            "clin": rate.clin,
            "slin": rate.slin,
            "model": model.snapshot,
            "tokenizer": model.tokenizer.code,
            "class": rate.token_class,
            "tier": rate.tier,
            "context_band": rate.context_band,
            "boundary": rate.boundary,
            "price": rate.price.usd_per_million_tokens,
            "from": day_bounds(rate.first_day, zone).start,
            "to": None,
        }
    )
    if rate.steps:
        made["steps"] = plain(
            [
                {
                    "from_tokens": step.from_tokens.count,
                    "price": step.price.usd_per_million_tokens,
                }
                for step in sorted(rate.steps, key=lambda each: each.from_tokens)
            ]
        )
    if rate.acu_per_million_tokens is not None and rate.usd_per_acu is not None:
        made |= plain(
            {
                "acu_per_million_tokens": rate.acu_per_million_tokens,
                "usd_per_acu": rate.usd_per_acu,
                "price": provisional_price(
                    rate.acu_per_million_tokens, rate.usd_per_acu
                ),
            }
        )
    return made


def line_of(modification: ContractModification, clin: str) -> dict[str, Any] | None:
    """The line of that number on the contract or new with it, as the content has it."""
    lines = [*modification.base_content["lines"], *modification.new_lines]
    return next((line for line in lines if line["clin"] == clin), None)


def require_structure(rate: RateDraft, line: Mapping[str, Any]) -> None:
    """Insist on steps on a line with tiers, on a multiplier on a pool, on neither
    elsewhere, and on tokens that are bought.

    :param line: of the content, on which the price stands
    :raises TermInvalid: for a table that cannot be rated
    """
    if is_by_unit(line):
        message = (
            f"{rate.slin}: line {rate.clin} is bought by the unit; no token is "
            "ordered on it. Price its unit, or put the tokens on a line of their own."
        )
        raise TermInvalid(message, slin=rate.slin)
    burn = [rate.acu_per_million_tokens, rate.usd_per_acu]
    has_burn = None not in burn
    is_pool = line["structure"] == PriceStructure.POOL
    if is_pool is not has_burn or (not is_pool and burn != [None, None]):
        message = (
            f"{rate.slin}: on a pool, and only there, a class has a multiplier, in "
            "units (ACU) per million tokens, and a price of the unit."
        )
        raise TermInvalid(message, slin=rate.slin)
    if (line["structure"] == PriceStructure.TIERS) is not bool(rate.steps):
        message = (
            f"{rate.slin}: on a line with tiers, and only there, a price has steps. "
            "State the whole table."
        )
        raise TermInvalid(message, slin=rate.slin)
    if has_burn:
        _require_burn(rate)
    _require_steps(rate)


def _require_burn(rate: RateDraft) -> None:
    for value in (rate.acu_per_million_tokens, rate.usd_per_acu):
        if value is None or not 0 <= value < 1_000_000 or value != round(value, 6):
            message = (
                f"{rate.slin}: a multiplier and the price of a unit lie between zero "
                "and a million, with at most six decimals."
            )
            raise TermInvalid(message, slin=rate.slin)
    price = provisional_price(
        rate.acu_per_million_tokens or Decimal(0), rate.usd_per_acu or Decimal(0)
    )
    if price >= 1_000_000:
        message = f"{rate.slin}: {price} dollars per million tokens is not plausible."
        raise TermInvalid(message, slin=rate.slin)


def _require_steps(rate: RateDraft) -> None:
    """Each step begins later than the one before, and none is above the first price."""
    volumes = [step.from_tokens.count for step in rate.steps]
    if len(set(volumes)) != len(volumes) or any(
        not 0 <= volume <= MOST_TOKENS for volume in volumes
    ):
        message = f"{rate.slin}: each step begins at a volume of its own."
        raise TermInvalid(message, slin=rate.slin)
    dearer = [step for step in rate.steps if step.price > rate.price]
    if dearer:
        message = (
            f"{rate.slin}: a step at {dearer[0].price} is above {rate.price}. The "
            "price of a line with tiers is that of its dearest step."
        )
        raise TermInvalid(message, slin=rate.slin)


def require_measured(line: LineDraft) -> None:
    """Insist on a unit that fits the structure, and on what its volume is counted.

    :raises TermInvalid: if the line says neither
    """
    if line.unit not in UNITS_OF.get(line.structure, ()):
        message = f"Line {line.clin} is not measured in {line.unit}."
        raise TermInvalid(message, clin=line.clin)
    if (
        line.counted_over not in CountedOver.values
        or line.counted_per not in CountedPer.values
    ):
        message = f"Line {line.clin} says over what its volume is counted."
        raise TermInvalid(message, clin=line.clin)


def require_orderable(contract: Contract, lines: Sequence[LineDraft]) -> None:
    """Refuse a line on which nothing could ever be ordered or used.

    :raises TermInvalid: for a new line of a contract under which no order is placed
    """
    if lines and not contract.takes_orders:
        message = (
            "A definitive contract is performed on the lines of its award, and no "
            "order could take this one up. Raise the ceiling of a line that it has, or "
            "award what is new by itself."
        )
        raise TermInvalid(message, term="new_lines")


def require_amount(name: str, value: Any) -> None:
    """Insist on dollars that are not below zero, and on a tolerance that can stand.

    :raises TermInvalid: naming the term
    """
    if name in DOLLARS and value is not None and value < 0:
        message = f"{TERMS[name]} is not below zero."
        raise TermInvalid(message, term=name)
    if name not in TOLERANCES:
        return
    try:
        check_tolerances({name: value})
    except NotATerm as error:
        raise TermInvalid(error.message, term=name) from error

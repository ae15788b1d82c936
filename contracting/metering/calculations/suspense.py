"""What a held call may come to at the most, so that the limit is shown with it.

Nothing held is ever worth nothing: each class is reserved at the highest price that can
apply, and what nobody has counted at the most that the model can answer (metering rule
of the highest applicable rate; golden vector of the aborted stream).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from contracting.core.quantities import Dollars, Tokens, UnitPrice, total_dollars
from contracting.metering.calculations import Measured, Rate
from contracting.metering.calculations.terms import (
    Cap,
    Reserve,
    is_output,
)
from contracting.metering.states import Basis
from contracting.reference.calculations import CODES

_OUTPUT, _INPUT = "OUT_TEXT", "IN_UNCACHED"


def reserve(
    event: Measured, rates: Sequence[Rate], cap: Cap, model_id: int | None
) -> Reserve | None:
    """The most that a held call may come to; ``None`` if nothing at all has a price.

    :param rates: of its order, or of every order of the agency where that is unknown
    :param cap: what one call of its model can have, for what was not counted
    :param model_id: the model, where it is known
    """
    in_force = [rate for rate in rates if _holds(rate, event)]
    candidates = in_force or list(rates)
    own = [rate for rate in candidates if rate.model_id == model_id]
    candidates = own or candidates
    if not candidates:
        return None
    counted = _worst_case(event, cap)
    dollars = total_dollars(
        _highest(candidates, event, code).of(Tokens(count)) for code, count in counted
    )
    return Reserve(sum(count for _, count in counted), dollars.amount)


def _holds(rate: Rate, event: Measured) -> bool:
    at = event.occurred_at
    return rate.starts_at <= at and (rate.ends_at is None or at < rate.ends_at)


def _worst_case(event: Measured, cap: Cap) -> list[tuple[str, int]]:
    """The counts; of what was cut off or never counted, the most that it can be."""
    lines = list(event.lines)
    if event.basis not in (Basis.ABSENT, Basis.PARTIAL):
        return lines
    output = sum(count for code, count in lines if is_output(code))
    most = (cap.max_output_tokens or 0) * event.requests
    if most > output:
        lines.append((_OUTPUT, most - output))
    if not any(count for code, count in lines if not is_output(code)):
        lines.append((_INPUT, (cap.context_tokens or 0) * event.requests))
    return lines


def _highest(rates: Iterable[Rate], event: Measured, code: str) -> UnitPrice:
    """The highest price of the class as it fits, else of the class, else of its side.

    A class that nobody knows may be of either side.
    """
    candidates = list(rates)
    of_the_class = [rate for rate in candidates if rate.token_class_code == code]
    fitting = [
        rate
        for rate in of_the_class
        if rate.tier == event.tier and rate.boundary in (event.boundary, "")
    ]
    same_side = [
        rate
        for rate in candidates
        if code in CODES and is_output(rate.token_class_code) == is_output(code)
    ]
    chosen = fitting or of_the_class or same_side or candidates
    return max(rate.price for rate in chosen)


def together(reserves: Iterable[Reserve]) -> Reserve:
    """Several reserves as one."""
    found = list(reserves)
    return Reserve(
        sum(each.tokens for each in found),
        total_dollars(Dollars(each.dollars) for each in found).amount,
    )

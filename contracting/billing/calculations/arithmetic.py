"""Whether an invoice adds up: its extensions, and its total."""

from __future__ import annotations

from collections.abc import Container, Iterator
from decimal import Decimal
from typing import Final

from contracting.billing import refusals
from contracting.billing.calculations import Stated, StatedLine, charged
from contracting.billing.calculations.reading import in_cents
from contracting.core.quantities import Dollars, Tokens, UnitPrice, total_dollars

_HALF_OF_THE_LAST_DIGIT: Final = UnitPrice("0.000001")
_A_CENT: Final = Dollars("0.01")


def wrong_arithmetic(
    stated: Stated, by_volume: Container[str] = ()
) -> Iterator[refusals.ArithmeticWrong]:
    """Every extension and the total that do not tie to the cent (R-INV-07).

    An extension is tokens × unit price, rounded once, half-up. On a line priced by
    volume the unit price is the average of its steps, rounded to six decimals: the
    extension is the exact amount and ties as closely as such an average can.

    :param by_volume: the numbers of the order's lines that are priced by volume
    """
    for position, line in stated.numbered:
        right = line.unit_price.of(Tokens(line.tokens)).to_cents()
        if line.amount == right:
            continue
        if line.clin in by_volume and ties_as_an_average(line):
            continue
        message = (
            f"Line {position}: {in_cents(line.amount)} is stated, {in_cents(right)} is "
            "right."
        )
        yield refusals.ArithmeticWrong(message, line=position)
    yield from charged.wrong_arithmetic(stated.charged)
    asked = total_dollars(line.amount for _position, line in stated.asking)
    taken_off = total_dollars(line.amount for _position, line in stated.credited)
    summed = asked - taken_off
    if summed < Dollars(0):
        message = (
            f"Its credits of {in_cents(taken_off)} are more than its lines of "
            f"{in_cents(asked)}. Take a part of them off, and the rest on the next."
        )
        yield refusals.ArithmeticWrong(message)
        return
    if summed != stated.total:
        message = (
            f"The total is {in_cents(stated.total)}; its lines sum to "
            f"{in_cents(summed)}."
        )
        yield refusals.ArithmeticWrong(message)


def ties_as_an_average(line: StatedLine) -> bool:
    """Whether the amount can be that of steps whose average is the unit price."""
    return within_an_average(line.amount, line.unit_price, Tokens(line.tokens))


def within_an_average(amount: Dollars, average: UnitPrice, tokens: Tokens) -> bool:
    """Whether cents differ from tokens × average by no more than rounding can do.

    The average is right to half of its last digit, and the amount to half a cent.
    """
    off = abs((amount - average.of(tokens)).amount)
    slack = _HALF_OF_THE_LAST_DIGIT.of(tokens).amount / 2 + _A_CENT.amount / 2
    return bool(off <= Decimal(slack))

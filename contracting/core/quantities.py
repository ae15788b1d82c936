"""Tokens, dollars and unit prices: exact, frozen, never mixed, rounded in one place.

Adding tokens to dollars raises ``TypeError``; a float is refused wherever it appears.
Every product is exact: the arithmetic context below traps any loss of a digit.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, Inexact, InvalidOperation
from functools import total_ordering
from typing import Final

TOKENS_PER_MTOK: Final = 1_000_000
PRICE_PLACES: Final = 6
AMOUNT_PLACES: Final = 12
CENT: Final = Decimal("0.01")

_EXACT: Final = Context(prec=60, traps=[Inexact, InvalidOperation])
_WIDE: Final = Context(prec=60)
_MOST_DIGITS: Final = 1_000
_MOST_WHOLE_DIGITS: Final = 30
_MEGA: Final = Decimal(TOKENS_PER_MTOK)


class LossyAmount(ValueError):
    """A number has more decimals than its column keeps, or is not a number at all."""


def _decimal(value: Decimal | int | str, *, places: int) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, Decimal | int | str):
        message = f"a number must be Decimal, int or str, not {type(value).__name__}"
        raise TypeError(message)
    try:
        number = Decimal(value)
    except InvalidOperation as error:
        message = f"{value!r} is not a number"
        raise LossyAmount(message) from error
    if not number.is_finite():
        message = f"{value!r} is not a finite number"
        raise LossyAmount(message)
    # Before any arithmetic: a short text can name a number of ten million digits.
    written = number.as_tuple().exponent
    if not isinstance(written, int) or abs(written) > _MOST_DIGITS:
        message = "a number is written with at most 1,000 digits"
        raise LossyAmount(message)
    if number and number.adjusted() >= _MOST_WHOLE_DIGITS:
        message = f"a number has at most {_MOST_WHOLE_DIGITS} digits before its point"
        raise LossyAmount(message)
    if -written > places:
        exponent = number.normalize(_WIDE).as_tuple().exponent
        if isinstance(exponent, int) and -exponent > places:
            message = f"{value} has more than {places} decimals"
            raise LossyAmount(message)
    return number


def _insist(value: object, kind: type) -> None:
    if not isinstance(value, kind):
        message = f"this takes {kind.__name__}, not {type(value).__name__}"
        raise TypeError(message)


@total_ordering
@dataclass(frozen=True, slots=True)
class Tokens:
    """A whole number of tokens; negative only in a correction."""

    count: int = 0

    def __post_init__(self) -> None:
        if isinstance(self.count, bool) or not isinstance(self.count, int):
            message = f"tokens are whole numbers, not {type(self.count).__name__}"
            raise TypeError(message)

    def __add__(self, other: Tokens) -> Tokens:
        if not isinstance(other, Tokens):
            return NotImplemented
        return Tokens(self.count + other.count)

    def __sub__(self, other: Tokens) -> Tokens:
        if not isinstance(other, Tokens):
            return NotImplemented
        return Tokens(self.count - other.count)

    def __neg__(self) -> Tokens:
        return Tokens(-self.count)

    def __lt__(self, other: Tokens) -> bool:
        if not isinstance(other, Tokens):
            return NotImplemented
        return self.count < other.count

    def __bool__(self) -> bool:
        return self.count != 0

    def __int__(self) -> int:
        return self.count

    def __str__(self) -> str:
        return f"{self.count:,} TOK"


@total_ordering
@dataclass(frozen=True, slots=True, eq=False)
class Dollars:
    """An exact amount of US dollars, at most 12 decimals.

    :raises TypeError: for a float
    :raises LossyAmount: for more decimals than are kept
    """

    amount: Decimal = Decimal(0)

    def __init__(self, amount: Decimal | int | str = 0) -> None:
        object.__setattr__(self, "amount", _decimal(amount, places=AMOUNT_PLACES))

    def __add__(self, other: Dollars) -> Dollars:
        if not isinstance(other, Dollars):
            return NotImplemented
        return Dollars(_EXACT.add(self.amount, other.amount))

    def __sub__(self, other: Dollars) -> Dollars:
        if not isinstance(other, Dollars):
            return NotImplemented
        return Dollars(_EXACT.subtract(self.amount, other.amount))

    def __neg__(self) -> Dollars:
        return Dollars(_EXACT.minus(self.amount))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Dollars):
            return NotImplemented
        return self.amount == other.amount

    def __hash__(self) -> int:
        return hash(("Dollars", self.amount))

    def __lt__(self, other: Dollars) -> bool:
        if not isinstance(other, Dollars):
            return NotImplemented
        return self.amount < other.amount

    def __bool__(self) -> bool:
        return self.amount != 0

    def __str__(self) -> str:
        return f"${self.plain()}"

    def plain(self) -> str:
        """The exact amount as text without exponent or padding: ``"42.125"``."""
        text = format(self.amount, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text

    def to_cents(self) -> Dollars:
        """Round half away from zero to the cent: the only rounding in the project.

        It is applied once, on an invoice line (order × line × class × rate version ×
        period), so that a credit mirrors its charge to the cent.
        """
        return Dollars(_in_cents(self.amount))


def _in_cents(amount: Decimal) -> Decimal:
    cents = amount.quantize(CENT, ROUND_HALF_UP, context=_WIDE)
    return cents if cents else abs(cents)  # never -0.00


def total_dollars(amounts: object) -> Dollars:
    """The exact sum of an iterable of :class:`Dollars`."""
    total = Dollars()
    for amount in amounts:  # type: ignore[attr-defined]
        total = total + amount
    return total


UNIT_PLACES: Final = 6


def units(value: Decimal | int | str) -> Decimal:
    """A quantity of months, hours or pieces, with at most 6 decimals.

    :raises TypeError: for a float
    :raises LossyAmount: for more decimals
    """
    return _decimal(value, places=UNIT_PLACES)


@total_ordering
@dataclass(frozen=True, slots=True, eq=False)
class PricePerUnit:
    """US dollars per month, hour or piece, at most 6 decimals, never negative.

    :raises TypeError: for a float
    :raises LossyAmount: for more than 6 decimals, or a negative price
    """

    usd_per_unit: Decimal

    def __init__(self, usd_per_unit: Decimal | int | str) -> None:
        price = _decimal(usd_per_unit, places=PRICE_PLACES)
        if price < 0:
            message = "a price per unit is never negative"
            raise LossyAmount(message)
        object.__setattr__(self, "usd_per_unit", price)

    def of(self, quantity: Decimal) -> Dollars:
        """The exact price of a quantity of at most 6 decimals, unrounded."""
        return Dollars(_EXACT.multiply(self.usd_per_unit, units(quantity)))

    def of_part(self, quantity: Decimal | int, whole: int) -> Dollars:
        """The price of a part, such as 372 seat-days of a month of 31, in cents.

        A part of a month is in general no decimal: it is rounded half up to the cent,
        once, as an invoice line is. What is whole stays exact.
        """
        count = units(quantity)
        if not _EXACT.remainder(count, Decimal(whole)):
            return self.of(_EXACT.divide(count, Decimal(whole)))
        product = _EXACT.multiply(self.usd_per_unit, count)
        return Dollars(_in_cents(_WIDE.divide(product, Decimal(whole))))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, PricePerUnit):
            return NotImplemented
        return self.usd_per_unit == other.usd_per_unit

    def __hash__(self) -> int:
        return hash(("PricePerUnit", self.usd_per_unit))

    def __lt__(self, other: PricePerUnit) -> bool:
        if not isinstance(other, PricePerUnit):
            return NotImplemented
        return self.usd_per_unit < other.usd_per_unit

    def __str__(self) -> str:
        return f"${format(self.usd_per_unit, 'f')} per unit"


@total_ordering
@dataclass(frozen=True, slots=True, eq=False)
class UnitPrice:
    """US dollars per million tokens (MTOK), at most 6 decimals, never negative.

    :raises TypeError: for a float
    :raises LossyAmount: for more than 6 decimals, or a negative price
    """

    usd_per_million_tokens: Decimal

    def __init__(self, usd_per_million_tokens: Decimal | int | str) -> None:
        price = _decimal(usd_per_million_tokens, places=PRICE_PLACES)
        if price < 0:
            message = "a unit price is never negative"
            raise LossyAmount(message)
        object.__setattr__(self, "usd_per_million_tokens", price)

    def of(self, tokens: Tokens) -> Dollars:
        """The exact price of ``tokens``, unrounded (at most 12 decimals)."""
        _insist(tokens, Tokens)
        product = _EXACT.multiply(self.usd_per_million_tokens, Decimal(tokens.count))
        return Dollars(_EXACT.divide(product, _MEGA))

    def tokens_within(self, dollars: Dollars) -> Tokens | None:
        """The largest whole number of tokens whose exact price fits in ``dollars``.

        :returns: ``None`` when the price is zero, since then any number fits
        """
        _insist(dollars, Dollars)
        if self.usd_per_million_tokens == 0:
            return None
        if dollars.amount <= 0:
            return Tokens(0)
        scaled = _EXACT.multiply(dollars.amount, _MEGA)
        return Tokens(int(_WIDE.divide_int(scaled, self.usd_per_million_tokens)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, UnitPrice):
            return NotImplemented
        return self.usd_per_million_tokens == other.usd_per_million_tokens

    def __hash__(self) -> int:
        return hash(("UnitPrice", self.usd_per_million_tokens))

    def __lt__(self, other: UnitPrice) -> bool:
        if not isinstance(other, UnitPrice):
            return NotImplemented
        return self.usd_per_million_tokens < other.usd_per_million_tokens

    def __str__(self) -> str:
        return f"${format(self.usd_per_million_tokens, 'f')} per MTOK"

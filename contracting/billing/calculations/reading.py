"""Single values of a report or an invoice, and what lines of every kind share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from datetime import MAXYEAR, MINYEAR, UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Final, Protocol

from contracting.core.quantities import Dollars, LossyAmount, UnitPrice

MAX_TOKENS: Final = 2**53 - 1
MAX_TOKENS_AT_ONCE: Final = 10**14
"""Of a whole report or invoice, so that no sum or price of it overflows."""
MAX_PRICE: Final = Decimal(999_999)
MAX_AMOUNT: Final = Decimal(10) ** 15
MAX_DESCRIPTION: Final = 200


class BadReport(ValueError):
    """A row of the report cannot be read; the message says which and why."""


class BadLines(BadReport):
    """Lines of an invoice cannot be read; ``errors`` has one sentence for each."""

    def __init__(self, errors: Sequence[str]) -> None:
        super().__init__(" ".join(errors))
        self.errors = list(errors)


def read_count(where: str, name: str, text: str, *, least: int, most: int) -> int:
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(most))
    if not is_number or not least <= int(text) <= most:
        message = f"{where}: {name} is no whole number from {least} to {most}."
        raise BadReport(message)
    return int(text)


def in_utc(instant: datetime) -> datetime:
    """The same in UTC, so far from the ends of the calendar that any zone has it.

    :raises OverflowError: if it lies in the first or the last year that there is
    """
    found = instant.astimezone(UTC)
    if not MINYEAR < found.year < MAXYEAR:
        message = "no zone is ahead or behind at the ends of the calendar"
        raise OverflowError(message)
    return found


def plain_decimal(text: str) -> str:
    """A decimal number as it is written everywhere, whatever ``Decimal`` would take.

    :raises LossyAmount: with digits of another script, or with underscores
    """
    if not text.isascii() or "_" in text:
        message = f"{text[:40]!r} is no decimal number."
        raise LossyAmount(message)
    return text


def read_instant(where: str, name: str, text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
        if instant.tzinfo is not None:
            return in_utc(instant)
    except (ValueError, OverflowError):
        pass
    message = f"{where}: {name} is no instant with a time zone."
    raise BadReport(message)


def read_price(where: str, text: str) -> UnitPrice:
    try:
        price = UnitPrice(plain_decimal(text))
    except LossyAmount as error:
        message = f"{where}: the unit price is no exact price of at most 6 decimals."
        raise BadReport(message) from error
    if price.usd_per_million_tokens > MAX_PRICE:
        message = f"{where}: the unit price is above ${MAX_PRICE:,}."
        raise BadReport(message)
    return price


def read_cents(where: str, text: str) -> Dollars:
    """An amount in whole cents.

    :raises BadReport: if it is none, negative, or too large to be one
    """
    try:
        amount = Dollars(plain_decimal(text))
        is_whole = Decimal(0) <= amount.amount < MAX_AMOUNT
        if is_whole and amount == amount.to_cents():
            return amount
    except (LossyAmount, InvalidOperation):
        pass
    message = f"{where}: the amount is no number of dollars in whole cents."
    raise BadReport(message)


def read_description(where: str, text: str) -> str:
    if len(text) > MAX_DESCRIPTION or not text.isprintable():
        message = f"{where}: the description is too long or not printable."
        raise BadReport(message)
    return text


class Spanned(Protocol):
    """A line of an invoice, of whatever it asks payment for."""

    @property
    def period_start(self) -> datetime: ...

    @property
    def period_end(self) -> datetime: ...


def overlapping(numbered: Iterable[tuple[int, Hashable, Spanned]]) -> set[int]:
    """The positions of lines that overlap an earlier line of the same key."""
    seen: dict[Hashable, list[Spanned]] = defaultdict(list)
    twice = set()
    for position, key, line in numbered:
        before = seen[key]
        if any(
            each.period_start < line.period_end and line.period_start < each.period_end
            for each in before
        ):
            twice.add(position)
        before.append(line)
    return twice


def in_cents(amount: Dollars) -> str:
    """An amount of whole cents as people write it."""
    return f"${amount.amount:,.2f}"

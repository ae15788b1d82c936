"""Invoice lines of what is owed not by tokens: read, and checked on values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from contracting.billing import refusals
from contracting.billing.calculations.reading import (
    BadReport,
    in_cents,
    overlapping,
    plain_decimal,
    read_cents,
    read_description,
    read_instant,
)
from contracting.billing.states import ChargeKind
from contracting.core.quantities import Dollars, LossyAmount, PricePerUnit, units

MAX_UNITS: Final = Decimal(10) ** 11
MAX_PRICE: Final = Decimal(999_999_999)
_SHOWN: Final = Decimal("0.0000005")
_HALF_A_CENT: Final = Decimal("0.005")


@dataclass(frozen=True, slots=True)
class StatedCharge:
    """An invoice line of months, hours, pieces or a settlement, as it is stated."""

    clin: str
    period_start: datetime
    period_end: datetime
    units: Decimal
    unit_price: PricePerUnit
    amount: Dollars
    kind: str = ChargeKind.CHARGE
    description: str = ""
    acrn: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What it asks payment for, whenever it was due."""
        return self.clin, str(self.kind)


def read_charge(where: str, row: Mapping[str, Any]) -> StatedCharge:
    """One such line from plain values.

    :raises BadReport: if it cannot be read, or names tokens too
    """
    texts = {
        name: str("" if row.get(name) is None else row.get(name)).strip()
        for name in (
            *("clin", "acrn", "model", "token_class", "tokens", "period_start"),
            *("period_end", "units", "unit_price", "description", "kind"),
        )
    }
    if texts["model"] or texts["token_class"] or texts["tokens"]:
        message = f"{where}: it is of tokens or of units, not of both."
        raise BadReport(message)
    kind = texts["kind"].upper() or str(ChargeKind.CHARGE)
    if kind not in ChargeKind.values:
        message = f"{where}: no such kind {texts['kind'][:40]!r}."
        raise BadReport(message)
    return StatedCharge(
        clin=texts["clin"],
        period_start=read_instant(where, "period_start", texts["period_start"]),
        period_end=read_instant(where, "period_end", texts["period_end"]),
        units=_units(where, texts["units"]),
        unit_price=_price(where, texts["unit_price"]),
        amount=read_cents(where, str(row.get("amount", ""))),
        kind=kind,
        description=read_description(where, texts["description"]),
        acrn=texts["acrn"],
    )


def _units(where: str, text: str) -> Decimal:
    try:
        found = units(plain_decimal(text))
        if 0 < found < MAX_UNITS:
            return found
    except LossyAmount:
        pass
    message = f"{where}: units is no quantity above zero with at most 6 decimals."
    raise BadReport(message)


def _price(where: str, text: str) -> PricePerUnit:
    try:
        price = PricePerUnit(plain_decimal(text))
    except LossyAmount as error:
        message = f"{where}: the unit price is no exact price of at most 6 decimals."
        raise BadReport(message) from error
    if price.usd_per_unit > MAX_PRICE:
        message = f"{where}: the unit price is above ${MAX_PRICE:,}."
        raise BadReport(message)
    return price


def is_extension(amount: Dollars, quantity: Decimal, price: PricePerUnit) -> bool:
    """Whether an amount in cents is a quantity times a price, as far as both show it.

    A part of a month is no decimal: its quantity is stated in 6 decimals, so that the
    amount may differ by what the seventh would be worth.
    """
    exact = price.of(quantity)
    if amount == exact.to_cents():
        return True
    if quantity == quantity.to_integral_value():
        return False
    most = price.usd_per_unit * _SHOWN + _HALF_A_CENT
    return abs(amount.amount - exact.amount) <= most


def wrong_arithmetic(
    numbered: Iterable[tuple[int, StatedCharge]],
) -> Iterator[refusals.ArithmeticWrong]:
    """Every extension that does not tie to the cent (R-INV-07)."""
    for position, line in numbered:
        if not is_extension(line.amount, line.units, line.unit_price):
            right = line.unit_price.of(line.units).to_cents()
            message = (
                f"Line {position}: {in_cents(line.amount)} is stated, "
                f"{in_cents(right)} is right."
            )
            yield refusals.ArithmeticWrong(message, line=position)


def stated_twice(numbered: Iterable[tuple[int, StatedCharge]]) -> set[int]:
    """The positions of lines that overlap an earlier line of the same invoice."""
    return overlapping((position, line.key, line) for position, line in numbered)

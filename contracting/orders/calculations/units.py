"""What an order line says that is bought by the month, the hour or the piece."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from contracting.contracts.models import UnitRate
from contracting.core.templatetags.drawdown import dollars as money
from contracting.orders.models import OrderLine, OrderUnitRate
from contracting.reference.states import BY_TOKENS

MOST_UNITS: Final = Decimal(9_000_000_000_000)
"""Of a pool in one order, so that no count of millionths overflows."""

MOST_COUNTED: Final = 9_000_000_000_000_000_000
"""Tokens, or millionths of a pool's unit: the last round number that can be kept."""


TOO_MANY_PIECES: Final = Decimal(10) ** 12


def content_of(line: OrderLine) -> dict[str, Any]:
    """Its unit, quantity and prices, or the ceiling of a pool; nothing of tokens."""
    if line.ceiling_micro_acu is not None:
        return {"ceiling_micro_acu": line.ceiling_micro_acu}
    if not line.is_by_unit:
        return {}
    return {
        "unit": line.unit,
        "units": line.units,
        "unit_rates": [
            {
                "from": rate.unit_rate.in_force.lower,
                "to": rate.unit_rate.in_force.upper,
                "price": rate.usd_per_unit,
            }
            for rate in line.current_unit_rates()
        ],
    }


def in_words(line: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The quantity and each price of a line of the content, by its name."""
    name = f"Line {line['clin']}"
    if "units" not in line:
        yield f"{name}, ceiling in tokens", f"{line['ceiling_tokens']:,}"
        if "ceiling_micro_acu" in line:
            pool = Decimal(line["ceiling_micro_acu"]).scaleb(-6)
            yield f"{name}, ceiling in units of the pool (ACU)", f"{pool:,f}"
        return
    yield f"{name}, quantity", f"{Decimal(line['units']).normalize():f} {line['unit']}"
    for rate in line["unit_rates"]:
        price = f"{money(Decimal(rate['price']))} per {line['unit']}"
        yield f"{name}, price from {rate['from'][:10]}", price


def has_quantity(line: Mapping[str, Any]) -> bool:
    """Whether a line of the content orders more than nothing, in its own measure."""
    if line.get("ceiling_micro_acu", 1) <= 0:
        return False
    by_unit = line.get("unit", BY_TOKENS[0]) not in BY_TOKENS
    tokens, units = line["ceiling_tokens"], Decimal(line.get("units", 0))
    return units > 0 and not tokens if by_unit else tokens > 0 and not units


def can_be_kept(line: Mapping[str, Any]) -> bool:
    """Whether no count of a line of the content is larger than can be kept."""
    return (
        line.get("ceiling_micro_acu", 0) <= MOST_COUNTED
        and line["ceiling_tokens"] <= MOST_COUNTED
        and Decimal(line.get("units", 0)) < TOO_MANY_PIECES
    )


def micro(added: Decimal) -> int:
    """Units of a pool in millionths, as its ceiling is kept."""
    return int(added.scaleb(6))


def price_gaps(rates: Iterable[OrderUnitRate]) -> list[str]:
    """Which prices per unit stand above the contract's that now holds."""
    gaps = []
    for rate in rates:
        row = rate.unit_rate
        now: UnitRate | None = row
        if row.superseded_at is not None:
            found = row.line.unit_rates.filter(
                superseded_at__isnull=True, in_force__overlap=row.in_force
            )
            now = found.order_by("in_force").first()
        name = f"Line {row.line.clin}"
        if now is None:
            gaps.append(f"{name} has no price on the contract any more.")
        elif rate.usd_per_unit > now.usd_per_unit:
            gaps.append(
                f"{name} at {money(rate.usd_per_unit)} is above the contract's rate of "
                f"{money(now.usd_per_unit)}."
            )
        elif now is not row:
            gaps.append(
                f"{name} stands on a price that the contract has replaced: edit the "
                "order, which takes the new one up."
            )
    return gaps

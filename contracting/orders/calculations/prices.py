"""Which prices and models of an order cannot stand on its day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from contracting.orders.models import OrderRate


def model_gaps(rates: Iterable[OrderRate], boundary: str, on: date) -> list[str]:
    """Which models may not be ordered on that day for that data boundary."""
    gaps: dict[str, None] = {}
    for rate in rates:
        row, model = rate.rate_row, rate.rate_row.model
        if row.boundary != boundary or boundary not in model.boundaries:
            gaps[f"{model.snapshot} is not authorized for {boundary}."] = None
        if model.valid_from > on or (model.valid_to and model.valid_to < on):
            gaps[f"{model.snapshot} is not in date on {on}."] = None
    return list(gaps)


def price_gaps(rates: Iterable[OrderRate]) -> list[str]:
    """Which prices stand above the contract's rate that now holds in their place."""
    gaps = []
    for rate in rates:
        row = rate.rate_row
        in_force = row if row.superseded_at is None else _successor(rate)
        if in_force is None:
            gaps.append(f"{row.slin} is no longer on the contract's rate card.")
        elif rate.usd_per_million_tokens > in_force.usd_per_million_tokens:
            gaps.append(
                f"{row.slin} at {money(rate.usd_per_million_tokens)} is above the "
                f"contract's rate of {money(in_force.usd_per_million_tokens)}."
            )
        elif row.superseded_at is not None:
            gaps.append(
                f"{row.slin} stands on a price that the contract has replaced: edit "
                "the order, which takes the new one up."
            )
    return gaps


def _successor(rate: OrderRate) -> Any:
    """The row that has taken the place of a superseded one."""
    row = rate.rate_row
    return (
        type(row)
        .objects.filter(
            line=row.line_id,
            model=row.model_id,
            token_class=row.token_class_id,
            tier=row.tier,
            context_band=row.context_band,
            boundary=row.boundary,
            superseded_at__isnull=True,
            in_force__overlap=row.in_force,
        )
        .order_by("pk")
        .first()
    )


def money(value: Decimal | str) -> str:
    """Dollars as people write them, with every decimal that is not zero."""
    whole, _, cents = f"{Decimal(value):,f}".partition(".")
    return f"${whole}.{cents.rstrip('0').ljust(2, '0')}"

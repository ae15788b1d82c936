"""Reads of the prices whose place a new one takes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from contracting.contracts.models import RateRow
from contracting.core.canonical import plain
from contracting.modifications import calculations
from contracting.modifications.models import ContractModification
from contracting.modifications.queries import accepted_through, orders_priced_by


def replaced_by(row: RateRow) -> list[RateRow]:
    """The prices, as known now, whose place this one takes from its first instant."""
    found = RateRow.objects.filter(
        line=row.line,
        model=row.model,
        token_class=row.token_class,
        tier=row.tier,
        context_band=row.context_band,
        boundary=row.boundary,
        superseded_at__isnull=True,
        in_force__overlap=row.in_force,
    )
    return list(found.order_by("pk"))


def reaching_accepted(
    modification: ContractModification,
) -> tuple[datetime | None, list[tuple[dict[str, Any], list[dict[str, Any]]]]]:
    """Until when usage is accepted, and the new prices that begin before that.

    Each with those whose place it takes; a price of something new reaches nothing.
    """
    orders = orders_priced_by(modification)
    end = accepted_through(list(orders.values_list("pk", flat=True)))
    if end is None:
        return None, []
    return end, [
        (rate, olds)
        for rate, olds in calculations.replacements(modification)
        if olds and rate["from"] < plain(end)
    ]

"""Reads of the prices whose place a new one takes."""

from __future__ import annotations

from contracting.contracts.models import RateRow


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

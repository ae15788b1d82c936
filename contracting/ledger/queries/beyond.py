"""Which lines were used beyond their limits."""

from __future__ import annotations

from django.db.models import QuerySet

from contracting.ledger.models import Balance


def holders_beyond(kind: str) -> QuerySet[Balance, int]:
    """The ids of the lines of a kind that have unfunded usage, for a subquery."""
    found = Balance.objects.filter(line__holder_kind=kind, unfunded_dollars__gt=0)
    return found.values_list("line__holder_id", flat=True)

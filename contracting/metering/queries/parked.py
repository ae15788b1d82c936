"""Usage that the roller could not fold, and that waits for a person."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from contracting.ledger.queries import parked_deltas
from contracting.orders.models import HOLDER_OF_A_LINE, OrderLine


def parked_usage(agency_id: int) -> QuerySet:  # type: ignore[type-arg]
    """What is parked of the agency's lines, or came with one of its batches."""
    lines = OrderLine.objects.filter(order__contract__agency=agency_id)
    return parked_deltas(HOLDER_OF_A_LINE).filter(
        Q(holder_id__in=lines.values("pk")) | Q(stream=f"organization:{agency_id}")
    )

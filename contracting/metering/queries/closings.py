"""What usage is closed, as it holds now."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, QuerySet

from contracting.metering.models import ClosedUsage, ReopenedUsage


def closings(order_lines: Iterable[int]) -> QuerySet[ClosedUsage]:
    """What is closed of order lines, as it holds now."""
    again = ReopenedUsage.objects.filter(
        because_kind=OuterRef("because_kind"), because_id=OuterRef("because_id")
    )
    rows = ClosedUsage.objects.filter(order_line__in=list(order_lines))
    return rows.exclude(Exists(again)).order_by("closed_at", "pk")

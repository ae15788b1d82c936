"""Whether everything has arrived, and what witnesses say of what was charged."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet, Sum

from contracting.metering.models import (
    UnchargedUsage,
    UsageRating,
    UsageSource,
    WitnessRating,
)
from contracting.orders.models import TaskOrder


@dataclass(frozen=True, slots=True)
class WitnessDay:
    """What a witness has reported of a day, beside the source of record."""

    source: UsageSource
    day: date
    record_tokens: int
    witness_tokens: int
    record_dollars: Decimal
    witness_dollars: Decimal

    @property
    def tokens(self) -> int:
        """What the witness has more than the record; below zero it has less."""
        return self.witness_tokens - self.record_tokens

    @property
    def dollars(self) -> Decimal:
        """The same in dollars, exact."""
        return self.witness_dollars - self.record_dollars

    @property
    def is_equal(self) -> bool:
        """Whether both agree to the token and the last digit."""
        return not self.tokens and not self.dollars


def witness_differences(order: TaskOrder) -> list[WitnessDay]:
    """Each day on which a witness has reported on the order, beside the record.

    Corrections of a person are left out on the side of the record: a witness knows
    nothing of them. What an outcome makes free counts on both sides, at nothing.
    """
    witnessed = _by_day(
        WitnessRating.objects.filter(order_line__order=order), "source_id"
    )
    if not witnessed:
        return []
    days = {day for _, day in witnessed}
    recorded: dict[date, tuple[int, Decimal]] = defaultdict(lambda: (0, Decimal(0)))
    same_days = {"order_line__order": order, "accounting_day__in": days}
    for rows in (
        UsageRating.objects.filter(**same_days, tokens__gte=0),
        UnchargedUsage.objects.filter(**same_days),
    ):
        for (_, day), (tokens, dollars) in _by_day(
            rows, "order_line__order_id"
        ).items():
            before = recorded[day]
            recorded[day] = before[0] + tokens, before[1] + dollars
    sources = UsageSource.objects.in_bulk({source for source, _ in witnessed})
    return [
        WitnessDay(
            sources[source],
            day,
            recorded[day][0],
            tokens,
            recorded[day][1],
            dollars,
        )
        for (source, day), (tokens, dollars) in sorted(witnessed.items())
    ]


def _by_day(
    rows: QuerySet[Any], key: str
) -> dict[tuple[int, date], tuple[int, Decimal]]:
    sums = (
        rows.order_by()
        .values(key, "accounting_day")
        .annotate(sum_tokens=Sum("tokens"), sum_dollars=Sum("dollars"))
    )
    return {
        (row[key], row["accounting_day"]): (row["sum_tokens"], row["sum_dollars"])
        for row in sums
    }

"""What must always hold of allocations."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from django.db.models import Sum

from contracting.allocations.calculations import WHOLE
from contracting.allocations.models import AllocationRule
from contracting.core.invariants import Invariant


def _more_than_the_whole() -> Iterator[str]:
    rules = AllocationRule.objects.annotate(sum=Sum("shares__percent"))
    for rule in rules.filter(sum__gt=WHOLE).order_by("pk"):
        yield f"allocation {rule.public_id}: {rule.sum or Decimal(0):f} percent"


def _of_another_contract() -> Iterator[str]:
    rules = AllocationRule.objects.select_related("order", "order_line")
    for rule in rules.filter(order__isnull=False).order_by("pk"):
        is_so = rule.order is not None and rule.order.contract_id == rule.contract_id
        if rule.order_line is not None:
            is_so = is_so and rule.order_line.order_id == rule.order_id
        if not is_so:
            yield f"allocation {rule.public_id} is of another contract"


INVARIANTS = (
    Invariant(
        "ALC-1",
        "The shares of an allocation are at most the whole.",
        _more_than_the_whole,
    ),
    Invariant(
        "ALC-2",
        "An allocation is of its contract, its order and its line.",
        _of_another_contract,
    ),
)

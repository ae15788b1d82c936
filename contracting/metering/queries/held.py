"""What is held comes to, and how long it has been held."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Sum
from django.db.models.functions import Coalesce

from contracting.metering.calculations.terms import Reserve
from contracting.metering.queries import held_events, holds_in_force
from contracting.orders.models import TaskOrder


def reserved_in_suspense(agency_id: int, order: TaskOrder | None = None) -> Reserve:
    """What is held comes to at the most, of an agency or of one of its orders.

    The live limit of the order is shown with it: what is held may still be charged.
    """
    holds = holds_in_force(agency_id)
    if order is not None:
        holds = holds.filter(order=order)
    sums = holds.aggregate(
        tokens=Coalesce(Sum("reserved_tokens"), 0),
        dollars=Coalesce(Sum("reserved_dollars"), Decimal(0)),
    )
    return Reserve(sums["tokens"], sums["dollars"])


AGES = (
    ("up to three days", timedelta(0), timedelta(days=3)),
    ("up to thirty days", timedelta(days=3), timedelta(days=30)),
    ("longer", timedelta(days=30), timedelta(days=100_000)),
)
"""How long calls are held, from when they were received (R-MET-08)."""


def ages_of_suspense(agency_id: int, at: datetime) -> list[tuple[str, int]]:
    """How many calls are held how long; none of an age is left out."""
    received = held_events(agency_id).values_list("received_at", flat=True)
    held = [at - each for each in received.order_by()]
    found = [
        (label, sum(youngest <= each < oldest for each in held))
        for label, youngest, oldest in AGES
    ]
    return [(label, count) for label, count in found if count]

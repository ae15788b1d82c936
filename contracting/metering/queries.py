"""Reads of metered usage."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, Max, Min, OuterRef, QuerySet, Sum

from contracting.contracts.models import RateRow
from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.core.periods import days_bounds
from contracting.core.quantities import UnitPrice
from contracting.metering.calculations import KnownOrder, Rate
from contracting.metering.models import (
    UsageAttribution,
    UsageBatch,
    UsageEvent,
    UsageHold,
    UsageRating,
    UsageSource,
)
from contracting.metering.states import HoldReason
from contracting.orders.models import OrderRate, TaskOrder
from contracting.orders.states import TaskOrderState

METERED_STATES = (TaskOrderState.ISSUED, TaskOrderState.COMPLETED)
"""The states in which usage of an order is attributed to it."""


@dataclass(frozen=True, slots=True)
class ClassTotal:
    """Tokens and exact dollars of one class."""

    token_class_code: str
    tokens: int
    dollars: Decimal


@dataclass(frozen=True, slots=True)
class DayTotal:
    """Tokens and exact dollars of one class on one accounting day."""

    day: date
    token_class_code: str
    tokens: int
    dollars: Decimal


def sources_visible_to(actor: Actor) -> QuerySet[UsageSource]:
    """The agency's own sources; nobody else sees any."""
    if actor.is_agency and (actor.role or actor.is_key):
        return UsageSource.objects.filter(agency_id=actor.organization_id)
    return UsageSource.objects.none()


def get_source_for(actor: Actor, *, code: str) -> UsageSource:
    """A source of the actor's agency by its code.

    :raises NotVisible: if it is not there for this actor
    """
    source = sources_visible_to(actor).filter(code=code).first()
    if source is None:
        message = "There is no such usage source."
        raise NotVisible(message)
    return source


def batches_visible_to(actor: Actor) -> QuerySet[UsageBatch]:
    """The agency's own batches."""
    if actor.is_agency and (actor.role or actor.is_key):
        return UsageBatch.objects.filter(
            agency_id=actor.organization_id
        ).select_related("source")
    return UsageBatch.objects.none()


def get_batch_for(actor: Actor, public_id: str) -> UsageBatch:
    """One batch by its opaque id.

    :raises NotVisible: if it is not there for this actor
    """
    batch = batches_visible_to(actor).filter(public_id=public_id).first()
    if batch is None:
        message = "There is no such batch."
        raise NotVisible(message)
    return batch


def known_order(agency_id: int, ref: str) -> KnownOrder | None:
    """A signed order of the agency by its opaque id or PIID, with its prices.

    One that is closed out is known too, so that its usage is held for the right reason.
    """
    orders = TaskOrder.objects.filter(
        contract__agency_id=agency_id,
        state__in=(*METERED_STATES, TaskOrderState.CLOSED),
    ).select_related("contract")
    order = orders.filter(public_id=ref).first() or orders.filter(piid=ref).first()
    if order is None:
        return None
    zone = order.contract.time_zone
    return KnownOrder(
        order_id=order.pk,
        contract_id=order.contract_id,
        time_zone=zone,
        period=days_bounds(order.period_start, order.period_end, zone),
        rates=tuple(_rates(order)),
        is_closed=order.state == TaskOrderState.CLOSED,
    )


def _rates(order: TaskOrder) -> Iterable[Rate]:
    priced = (
        OrderRate.objects.filter(
            line__order=order,
            line__is_removed=False,
            rate_row__superseded_at__isnull=True,
        )
        .select_related("rate_row__token_class")
        .order_by("pk")
    )
    for row in priced:
        rate: RateRow = row.rate_row
        yield Rate(
            order_line_id=row.line_id,
            rate_row_id=rate.pk,
            model_id=rate.model_id,
            token_class_code=rate.token_class.code,
            tier=rate.tier,
            context_band=rate.context_band,
            boundary=rate.boundary,
            starts_at=rate.in_force.lower,
            ends_at=rate.in_force.upper,
            price=UnitPrice(row.usd_per_million_tokens),
        )


def _of_the_same_event(rows: QuerySet[Any]) -> Exists:
    keys = ("agency_id", "source_id", "event_id")
    return Exists(rows.filter(**{key: OuterRef(key) for key in keys}))


def _attributed() -> Exists:
    return _of_the_same_event(UsageAttribution.objects.all())


def held_events(agency_id: int) -> QuerySet[UsageEvent]:
    """Events in suspense: stored and counted, not attributed yet, oldest first."""
    return (
        UsageEvent.objects.filter(agency_id=agency_id)
        .filter(_of_the_same_event(UsageHold.objects.all()))
        .exclude(_attributed())
        .order_by("occurred_at", "source_id", "event_id")
    )


def holds_in_force(agency_id: int) -> QuerySet[UsageHold]:
    """Why each event in suspense is there, as it was found last."""
    keys = ("agency_id", "source_id", "event_id")
    latest = (
        UsageHold.objects.filter(agency_id=agency_id)
        .exclude(_attributed())
        .order_by(*keys, "-pk")
        .distinct(*keys)
    )
    return UsageHold.objects.filter(pk__in=latest.values("pk"))


@dataclass(frozen=True, slots=True)
class HeldGroup:
    """Held events with the same reason and detail."""

    reason: str
    detail: str
    events: int
    first_at: datetime
    last_at: datetime

    @property
    def reason_label(self) -> str:
        return str(HoldReason(self.reason).label)


def suspense(agency_id: int) -> list[HeldGroup]:
    """What is in suspense, by reason: how many, since when (R-MET-08, R-MET-09)."""
    groups = (
        holds_in_force(agency_id)
        .values("reason", "detail")
        .annotate(
            events=Count("event_id"), first_at=Min("held_at"), last_at=Max("held_at")
        )
        .order_by("reason", "detail")
    )
    return [HeldGroup(**group) for group in groups]


def open_suspense_of(order: TaskOrder) -> QuerySet[UsageEvent]:
    """Held events that name this order."""
    refs = [order.public_id, *([order.piid] if order.piid else [])]
    return held_events(order.contract.agency_id).filter(order_ref__in=refs)


def ratings_of(
    order: TaskOrder, start: datetime, end: datetime
) -> QuerySet[UsageRating]:
    """Rated usage lines of an order in ``[start, end)``."""
    return UsageRating.objects.filter(
        order_line__order=order, occurred_at__gte=start, occurred_at__lt=end
    ).order_by("occurred_at", "source_id", "event_id", "token_class_code")


def totals_by_class(order: TaskOrder) -> list[ClassTotal]:
    """Tokens and exact dollars of the order so far, by token class."""
    rows = (
        UsageRating.objects.filter(order_line__order=order)
        .values("token_class_code")
        .annotate(sum_tokens=Sum("tokens"), sum_dollars=Sum("dollars"))
        .order_by("token_class_code")
    )
    return [
        ClassTotal(row["token_class_code"], row["sum_tokens"], row["sum_dollars"])
        for row in rows
    ]


def daily_totals(order: TaskOrder) -> list[DayTotal]:
    """Tokens and exact dollars by accounting day and class."""
    rows = (
        UsageRating.objects.filter(order_line__order=order)
        .values("accounting_day", "token_class_code")
        .annotate(sum_tokens=Sum("tokens"), sum_dollars=Sum("dollars"))
        .order_by("accounting_day", "token_class_code")
    )
    return [
        DayTotal(
            row["accounting_day"],
            row["token_class_code"],
            row["sum_tokens"],
            row["sum_dollars"],
        )
        for row in rows
    ]

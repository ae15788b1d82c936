"""Reads of metered usage."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import (
    Count,
    Exists,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
)
from django.db.models.functions import Coalesce

from contracting.charges.models import Charge
from contracting.charges.queries import calendar_charges, lines_by_calendar
from contracting.core.actors import Actor
from contracting.core.canonical import content_sha256
from contracting.core.errors import NotVisible
from contracting.core.periods import Period, accounting_day
from contracting.metering.models import (
    EveryEvent,
    EveryLine,
    UsageAttribution,
    UsageBatch,
    UsageDisposal,
    UsageEvent,
    UsageHold,
    UsageRating,
    UsageSource,
    WitnessRating,
)
from contracting.metering.models.events import EventColumns
from contracting.metering.queries import kept, known, parked, periods, rollups, terms
from contracting.metering.states import RELEASABLE, RULES, DisposalCode, HoldReason
from contracting.orders.models import TaskOrder
from contracting.reference.states import PriceStructure

uses_of = periods.uses_of
latest_true_ups = periods.latest_true_ups
true_ups_in_force = periods.true_ups_in_force
steps_of = periods.steps_of
pools_of = periods.pools_of
get_order_line_for = periods.get_order_line_for
is_rated = periods.is_rated
rated_through = periods.rated_through
lines_to_rate = periods.lines_to_rate
keys_of_source = terms.keys_of_source
orders_named_by = terms.orders_named_by
models_priced_on = terms.models_priced_on
cap_of_model = terms.cap_of_model
facts_of = kept.facts_of
known_order = known.known_order
known_orders = known.known_orders
rates_of_agency = known.rates_of_agency
METERED_STATES = known.METERED_STATES
Usage = rollups.Usage
UsageOf = rollups.UsageOf
hourly_usage = rollups.hourly_usage
daily_usage = rollups.daily_usage
portfolio_usage = rollups.portfolio_usage
total_usage = rollups.total_usage
parked_usage = parked.parked_usage


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


def get_source_by_id(actor: Actor, public_id: str) -> UsageSource:
    """A source of the actor's agency by its opaque id.

    :raises NotVisible: if it is not there for this actor
    """
    source = sources_visible_to(actor).filter(public_id=public_id).first()
    if source is None:
        message = "There is no such usage source."
        raise NotVisible(message)
    return source


def batches_visible_to(actor: Actor) -> QuerySet[UsageBatch]:
    """The agency's own batches; to a machine, those of its sources."""
    if not actor.is_agency or not (actor.role or actor.is_key):
        return UsageBatch.objects.none()
    found = UsageBatch.objects.filter(agency_id=actor.organization_id)
    if actor.is_key and actor.sources:
        found = found.filter(source__code__in=actor.sources)
    return found.select_related("source")


def get_batch_for(actor: Actor, public_id: str) -> UsageBatch:
    """One batch by its opaque id.

    :raises NotVisible: if it is not there for this actor
    """
    batch = batches_visible_to(actor).filter(public_id=public_id).first()
    if batch is None:
        message = "There is no such batch."
        raise NotVisible(message)
    return batch


def _of_the_same_event(rows: QuerySet[Any]) -> Exists:
    keys = ("agency_id", "source_id", "event_id")
    return Exists(rows.filter(**{key: OuterRef(key) for key in keys}))


def _settled() -> Q:
    """Attributed, disposed of, or seen by a witness: no longer in suspense."""
    attributed = _of_the_same_event(UsageAttribution.objects.all())
    witnessed = _of_the_same_event(WitnessRating.objects.all())
    disposed = _of_the_same_event(UsageDisposal.objects.all())
    return Q(attributed) | Q(witnessed) | Q(disposed)


def held_events(agency_id: int) -> QuerySet[UsageEvent]:
    """Events in suspense: neither attributed nor disposed of, oldest first."""
    return (
        UsageEvent.objects.filter(agency_id=agency_id)
        .filter(_of_the_same_event(UsageHold.objects.all()))
        .exclude(_settled())
        .order_by("occurred_at", "source_id", "event_id")
    )


def holds_in_force(agency_id: int) -> QuerySet[UsageHold]:
    """Why each event in suspense is there, as it was found last."""
    keys = ("agency_id", "source_id", "event_id")
    latest = (
        UsageHold.objects.filter(agency_id=agency_id)
        .exclude(_settled())
        .order_by(*keys, "-pk")
        .distinct(*keys)
    )
    return UsageHold.objects.filter(pk__in=latest.values("pk"))


@dataclass(frozen=True, slots=True)
class HeldGroup:
    """Held events with the same reason and detail that name the same order.

    ``first_at`` and ``last_at`` are instants of receipt: an event ages from then,
    whatever else is found of it later.
    """

    reason: str
    detail: str
    order_ref: str
    events: int
    first_at: datetime
    last_at: datetime
    tokens: int = 0
    dollars: Decimal = Decimal(0)
    """Reserved for it: the most that it may come to."""

    @property
    def is_releasable(self) -> bool:
        """Whether somebody may let the calls pass what holds them."""
        return self.reason in RELEASABLE

    @property
    def rule(self) -> str:
        """By which rule it is held."""
        return RULES.get(self.reason, "R-MET-08")

    @property
    def reason_label(self) -> str:
        return str(HoldReason(self.reason).label)

    @property
    def key(self) -> str:
        """How a form names the group."""
        return content_sha256([self.reason, self.detail, self.order_ref])[:20]


def suspense(agency_id: int, of: Iterable[str] = ()) -> list[HeldGroup]:
    """What is in suspense, by reason: how many, since when (R-MET-08, R-MET-09).

    :param of: codes of sources, for a machine that is limited to them; all without it
    """
    held, codes = holds_in_force(agency_id), list(of)
    if codes:
        named = UsageSource.objects.filter(agency_id=agency_id, code__in=codes)
        held = held.filter(source_id__in=named.values("pk"))
    groups = (
        held.annotate(
            order_ref=_named_by("order_ref"), received=_named_by("received_at")
        )
        .values("reason", "detail", "order_ref")
        .annotate(
            events=Count("event_id"),
            first_at=Min("received"),
            last_at=Max("received"),
            tokens=Coalesce(Sum("reserved_tokens"), 0),
            dollars=Coalesce(Sum("reserved_dollars"), Decimal(0)),
        )
        .order_by("reason", "detail", "order_ref")
    )
    return [HeldGroup(**group) for group in groups]


def _named_by(column: str, among: type[EventColumns] = UsageEvent) -> Subquery:
    """A column of the event to which a row belongs; what is held is never put away."""
    keys = ("agency_id", "source_id", "event_id")
    events = among.objects.filter(**{key: OuterRef(key) for key in keys})
    return Subquery(events.values(column)[:1])


@dataclass(frozen=True, slots=True)
class HeldCalls:
    """Which held events are meant: those of a group, or one of them.

    :param event_id: the id of one event of the group; all of them where it is blank
    """

    reason: str
    detail: str
    order_ref: str
    event_id: str = ""


def held_calls(agency_id: int, chosen: HeldCalls) -> QuerySet[UsageEvent]:
    """The events in suspense that are meant, oldest first."""
    holds = holds_in_force(agency_id).filter(reason=chosen.reason, detail=chosen.detail)
    found = held_events(agency_id).filter(
        _of_the_same_event(holds), order_ref=chosen.order_ref
    )
    return found.filter(event_id=chosen.event_id) if chosen.event_id else found


@dataclass(frozen=True, slots=True)
class DisposedGroup:
    """Disposed events of one code."""

    code: str
    events: int
    tokens: int
    last_at: datetime

    @property
    def code_label(self) -> str:
        return str(DisposalCode(self.code).label)


def disposed(agency_id: int) -> list[DisposedGroup]:
    """What was disposed of, by code: how many calls, how many tokens."""
    rows = UsageDisposal.objects.filter(agency_id=agency_id)
    keys = ("agency_id", "source_id", "event_id")
    lines = EveryLine.objects.filter(**{key: OuterRef(key) for key in keys})
    sums = lines.order_by().values("event_id").annotate(sum=Sum("tokens"))
    groups = (
        rows.annotate(used=Subquery(sums.values("sum")))
        .values("code")
        .annotate(
            events=Count("event_id"), tokens=Sum("used"), last_at=Max("disposed_at")
        )
        .order_by("code")
    )
    return [
        DisposedGroup(row["code"], row["events"], row["tokens"] or 0, row["last_at"])
        for row in groups
    ]


def disposals_of(agency_id: int) -> QuerySet[UsageDisposal]:
    """Disposed events, the last one first, each with the order that it named."""
    return (
        UsageDisposal.objects.filter(agency_id=agency_id)
        .annotate(order_ref=_named_by("order_ref", EveryEvent))
        .order_by("-pk")
    )


def orders_to_assign_to(agency_id: int) -> QuerySet[TaskOrder]:
    """The agency's orders that can take usage, by number."""
    return (
        TaskOrder.objects.filter(
            contract__agency_id=agency_id, state__in=METERED_STATES
        )
        .select_related("contract")
        .order_by("piid")
    )


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
    rows = daily_usage(UsageOf(orders=[order.pk]), by=("token_class",))
    return [ClassTotal(row.token_class or "", row.tokens, row.dollars) for row in rows]


def daily_totals(order: TaskOrder) -> list[DayTotal]:
    """Tokens and exact dollars by accounting day and class."""
    rows = daily_usage(UsageOf(orders=[order.pk]), by=("day", "token_class"))
    return [
        DayTotal(row.day, row.token_class or "", row.tokens, row.dollars)
        for row in rows
        if row.day is not None
    ]


@dataclass(frozen=True, slots=True)
class Utilised:
    """Reserved capacity of one line in one month, and what was used meanwhile.

    Idle capacity is payable all the same: ``idle_days`` had no token at all.
    """

    clin: str
    month: date
    unit: str
    units: Decimal
    dollars: Decimal
    tokens: int
    days: int
    idle_days: int

    @property
    def usd_per_million_tokens(self) -> Decimal | None:
        """What a million tokens has cost by the reservation; nothing where idle."""
        if not self.tokens:
            return None
        return (self.dollars * 1_000_000 / self.tokens).quantize(Decimal("0.000001"))


def utilisation(order: TaskOrder) -> list[Utilised]:
    """Tokens of the order on the days for which capacity is charged, by month."""
    zone = order.contract.time_zone
    by_day = {row.day: row.tokens for row in daily_usage(UsageOf(orders=[order.pk]))}
    reserved: dict[tuple[str, date], list[Charge]] = defaultdict(list)
    for line in lines_by_calendar(order):
        if line.contract_line.structure == PriceStructure.RESERVED:
            for charge in calendar_charges(line):
                first = accounting_day(charge.period.lower, zone)
                reserved[line.clin, first.replace(day=1)].append(charge)
    found = []
    for (clin, month), charges in sorted(reserved.items()):
        spans = (Period(each.period.lower, each.period.upper) for each in charges)
        days = {day for span in spans for day in span.days(zone)}
        found.append(
            Utilised(
                clin=clin,
                month=month,
                unit=charges[0].line.unit,
                units=sum((each.units for each in charges), Decimal(0)),
                dollars=sum((each.dollars for each in charges), Decimal(0)),
                tokens=sum(by_day.get(day, 0) for day in days),
                days=len(days),
                idle_days=sum(not by_day.get(day, 0) for day in days),
            )
        )
    return found

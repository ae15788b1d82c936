"""Assign held usage to the order that it belongs to, with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.core.subjects import Subject
from contracting.metering import events, permissions, queries
from contracting.metering.calculations import Attributed, Held, Measured
from contracting.metering.models import UsageAssignment, UsageEvent, UsageSource
from contracting.metering.operations.assign import (
    Attribution,
    draw_on_funds,
    lines_of,
    measured,
    released_of,
    store_attributions,
)
from contracting.metering.queries import HeldCalls
from contracting.metering.queries.lookup import Lookup
from contracting.metering.refusals import NothingHeld, ReasonMissing, StillHeld
from contracting.metering.states import RULES, HoldReason
from contracting.orders.models import OrderLine, TaskOrder
from contracting.reference.calculations import token_class_code


@dataclass(frozen=True, slots=True)
class Belonging:
    """Where usage belongs; what is ``None`` or blank is as the event has it.

    :param order_line_id: the line, where more than one line of the order has a price
    :param model_id: the model, where the event's name for it is wrong
    :param token_class_code: the class that the event's unknown class is
    """

    order_id: int
    order_line_id: int | None = None
    model_id: int | None = None
    token_class_code: str = ""


@transaction.atomic
def assign_usage_to_order(
    *,
    agency_id: int,
    calls: HeldCalls,
    to: Belonging,
    reason: str,
    by: Actor,
    at: datetime,
) -> int:
    """Say whose usage held calls are; they are rated as if they had said so (R-MET-08).

    The events stay as they were reported. An assignment is added to each, and the very
    functions of ingest attribute, rate and draw it, in the order of time. All of the
    calls are assigned, or none.

    :returns: how many calls left suspense
    :raises NotAllowed: unless ``by`` is a contracting officer of the agency, or its
        representative who is designated for the contract
    :raises NothingHeld: if none of the calls is in suspense, or the agency has no such
        order that was signed
    :raises ReasonMissing: without a reason
    :raises StillHeld: if a call would be held even so: estimated, outside the period,
        without a price, of an order that is closed out
    """
    sources = {
        source.pk: source
        for source in UsageSource.objects.locked().filter(agency_id=agency_id)
    }
    order = _lock_order(agency_id, to)
    on = accounting_day(at, order.contract.time_zone)
    require(permissions.can_assign_usage_to_order(by, order, on))
    reason = _why(reason)
    held = list(queries.held_calls(agency_id, calls))
    if not held:
        message = "None of these calls is in suspense."
        raise NothingHeld(message, rule="R-MET-08")
    decided = _rated(agency_id, held, order, to)
    _refuse_if_held([outcome for _, _, outcome in decided])
    attributed: list[Attribution] = [
        (event.event_id, event.occurred_at, sources[event.source_id], outcome)
        for event, _, outcome in decided
        if isinstance(outcome, Attributed)
    ]
    _store(agency_id, decided, to, reason, by, at)
    store_attributions(agency_id, attributed, at)
    subject = Subject("metering.suspense", agency_id, f"organization:{agency_id}")
    draw_on_funds(attributed, because=subject, at=at)
    record_event(
        events.USAGE_ASSIGNED_TO_ORDER,
        subject=subject,
        by=by,
        at=at,
        data={
            "held_for": calls.reason,
            "named": calls.order_ref,
            "order": order.piid,
            "calls": len(held),
            "token_class": to.token_class_code,
            "reason": reason,
        },
    )
    return len(held)


def _lock_order(agency_id: int, to: Belonging) -> TaskOrder:
    order = (
        TaskOrder.objects.locked()
        .filter(pk=to.order_id, contract__agency_id=agency_id)
        .first()
    )
    lines = OrderLine.objects.filter(order_id=to.order_id).values_list("pk", flat=True)
    if order is None or to.order_line_id not in {None, *lines}:
        message = "The agency has no such order."
        raise NothingHeld(message, rule="R-MET-08")
    return order


def _why(reason: str) -> str:
    reason = " ".join(reason.split())
    if not reason:
        message = "Say why these calls belong to this order."
        raise ReasonMissing(message)
    return reason[:400]


_Decided = tuple[UsageEvent, str, Attributed | Held]
"""The event, its class that nobody knows or blank, and what becomes of it."""


def _rated(
    agency_id: int, held: Sequence[UsageEvent], order: TaskOrder, to: Belonging
) -> list[_Decided]:
    lookup, lines = Lookup(agency_id), lines_of(agency_id, held)
    passes = released_of(agency_id, held)
    found: list[_Decided] = []
    for event in held:
        key = event.source_id, event.event_id
        as_stored = measured(event, lines[key], passes[key])
        outcome = lookup.decide(_as_said(as_stored, order, to), model_id=to.model_id)
        found.append((event, as_stored.unknown_class, outcome))
    return found


def _as_said(event: Measured, order: TaskOrder, to: Belonging) -> Measured:
    """The event with what was said of it in place of what it had."""
    said = replace(
        event,
        order_ref=order.public_id,
        order_line_id=to.order_line_id,
        is_said=True,
    )
    codes = {code for code, _ in event.lines}
    if not event.unknown_class or not to.token_class_code:
        return said
    if to.token_class_code in codes:
        message = (
            f"A call has tokens of class {to.token_class_code} already; each token "
            "lies in one class."
        )
        raise StillHeld(message, rule="R-MET-02", token_class=to.token_class_code)
    lines = tuple(
        (to.token_class_code if code == event.unknown_class else code, tokens)
        for code, tokens in event.lines
    )
    others = [code for code, _ in lines if token_class_code(code) is None]
    return replace(said, lines=lines, unknown_class=others[0] if others else "")


def _refuse_if_held(outcomes: Sequence[Attributed | Held]) -> None:
    held = [outcome for outcome in outcomes if isinstance(outcome, Held)]
    if not held:
        return
    first = held[0]
    message = (
        f"{len(held)} of {len(outcomes)} calls would be held even so: "
        f"{HoldReason(first.reason).label} ({first.detail}). Assign them elsewhere, or "
        "dispose of them with a code."
    )
    rule = RULES.get(first.reason, "R-MET-08")
    raise StillHeld(message, rule=rule, held=len(held), reason=first.reason)


def _store(
    agency_id: int,
    decided: Sequence[_Decided],
    to: Belonging,
    reason: str,
    by: Actor,
    at: datetime,
) -> None:
    UsageAssignment.objects.add_all(
        (
            "agency_id",
            "source_id",
            "event_id",
            "order_id",
            "order_line_id",
            "model_id",
            "named_class",
            "token_class_code",
            "reason",
            "assigned_by",
            "assigned_at",
        ),
        (
            (
                agency_id,
                event.source_id,
                event.event_id,
                to.order_id,
                to.order_line_id,
                to.model_id,
                unknown if to.token_class_code else "",
                to.token_class_code if unknown else "",
                reason,
                by.name,
                at,
            )
            for event, unknown, _ in decided
        ),
    )

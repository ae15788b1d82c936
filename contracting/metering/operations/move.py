"""Move metered usage to the order line to which it belongs: reversal, replacement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.canonical import content_sha256
from contracting.core.models import new_public_id
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.core.quantities import Tokens, UnitPrice
from contracting.core.subjects import Subject
from contracting.ledger.operations.consume import consume
from contracting.metering import events, permissions
from contracting.metering.calculations import Attributed, Held
from contracting.metering.calculations.rerating import Price
from contracting.metering.models import (
    EveryEvent,
    UsageAttribution,
    UsageEvent,
    UsageLine,
    UsageRating,
    UsageSource,
)
from contracting.metering.operations.assign import (
    Attribution,
    deltas_of,
    measured,
    released_of,
    store_attributions,
)
from contracting.metering.operations.correct import delta_of
from contracting.metering.operations.fold import fold_usage
from contracting.metering.operations.rate import rate_period
from contracting.metering.queries import METERED_STATES
from contracting.metering.queries.lookup import Lookup
from contracting.metering.queries.moves import Moving, moving_calls
from contracting.metering.queries.reratings import moved_to
from contracting.metering.refusals import NothingToMove, StillHeld
from contracting.metering.states import MOVED_AWAY, MOVED_HERE, HoldReason
from contracting.orders.models import OrderLine, TaskOrder

MOST_CALLS: Final = 5_000
"""So many calls are moved in one act; each is written twice."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What went from one line to another."""

    calls: int
    tokens: int


@transaction.atomic
def move_usage(
    *,
    order_id: int,
    calls: Mapping[tuple[str, int, str], int],
    to_line_id: int,
    reason: str,
    because: Subject,
    by: Actor,
    at: datetime,
) -> Moved:
    """Move what was counted on an order to a line of the same agency (R-MET-05).

    Nothing recorded is changed. What each call has on the order is taken back by a
    correction of today, at the price at which it stands; another correction adds the
    same tokens on the line to which they belong, at the time at which they were used
    and at the price that the functions of ingest find there. Both name the call.

    :param calls: tokens to move by request, attempt and token class
    :param because: what has decided it
    :raises NotAllowed: unless ``by`` is a contracting officer of the agency, or its
        representative who is designated for the contract of the line
    :raises NothingToMove: if the order has none of them, or too many of them, or one
        of the orders takes no usage
    :raises StillHeld: if a call would be held on the other line: without a price, out
        of its period, or seen there by a witness only
    :raises NotReversible: if what is taken back is accepted already
    """
    agency_id = TaskOrder.objects.values_list("contract__agency", flat=True).get(
        pk=order_id
    )
    sources = {s.pk: s for s in UsageSource.objects.locked().filter(agency=agency_id)}
    orders = _lock(order_id, to_line_id)
    order = orders[order_id]
    target = OrderLine.objects.select_related("order__contract").get(pk=to_line_id)
    on = accounting_day(at, target.order.contract.time_zone)
    require(permissions.can_move_usage(by, agency_id))
    require(permissions.can_assign_usage_to_order(by, target.order, on))
    _guard(order, orders[target.order_id], calls)
    found = moving_calls(order, calls, besides=to_line_id)
    if not found:
        message = f"Our meter has none of these calls on order {order.piid} any more."
        raise NothingToMove(message)
    decided = _decided(order, found, target)
    _take_back(order, found, sources, reason, because, at)
    _put(decided, sources, target, reason, because, at)
    for each in sorted(orders):
        fold_usage(order_id=each, by=by)
    for line_id in sorted(_by_volume(orders)):
        rate_period(contract_line_id=line_id, by=by, at=at)
    moved = Moved(len(found), sum(sum(each.tokens.values()) for each in found))
    record_event(
        events.USAGE_MOVED,
        subject=because,
        by=by,
        at=at,
        data={
            "from": order.piid,
            "to": orders[target.order_id].piid,
            "line": target.clin,
            "calls": moved.calls,
            "tokens": moved.tokens,
            "reason": reason,
        },
    )
    return moved


def _lock(order_id: int, to_line_id: int) -> dict[int, TaskOrder]:
    """Both orders, by their keys."""
    ids = {
        order_id,
        *OrderLine.objects.filter(pk=to_line_id).values_list("order_id", flat=True),
    }
    rows = TaskOrder.objects.locked().filter(pk__in=ids).select_related("contract")
    return {row.pk: row for row in rows}


def _guard(
    order: TaskOrder, target: TaskOrder, calls: Mapping[tuple[str, int, str], int]
) -> None:
    for each in (order, target):
        if each.state not in METERED_STATES:
            message = (
                f"Order {each.piid} is {each.get_state_display()}: no usage moves."
            )
            raise NothingToMove(message, state=each.state)
    if order.contract.agency_id != target.contract.agency_id:
        message = "Usage is moved within one agency."
        raise NothingToMove(message)
    requests = {request for request, *_ in calls}
    if len(requests) > MOST_CALLS:
        message = (
            f"{len(requests):,} calls cannot be moved at once; at most {MOST_CALLS:,} "
            "are. Correct the key or the name by which they came here, and let the "
            "period be rated anew."
        )
        raise NothingToMove(message, calls=len(requests))


_Decided = tuple[Moving, Attributed]
"""A call, and what becomes of it on the other line."""


def _decided(
    order: TaskOrder, found: Sequence[Moving], target: OrderLine
) -> list[_Decided]:
    """Rate each on the other line, as if it had come in for it.

    :raises StillHeld: if one of them would not be counted there
    """
    agency_id = order.contract.agency_id
    originals = [each.event for each in found]
    lookup, passes = Lookup(agency_id), released_of(agency_id, originals)
    decided = []
    for each in found:
        event = each.event
        lines = tuple(sorted(each.tokens.items()))
        known = measured(event, lines, passes[event.source_id, event.event_id])
        outcome = lookup.decide(moved_to(known, target))
        if isinstance(outcome, Held):
            why = f"{HoldReason(outcome.reason).label} ({outcome.detail})"
            message = (
                f"Call {event.operation_id} would be held on line {target.clin} of "
                f"order {target.order.piid}: {why}. Nothing was moved."
            )
            raise StillHeld(message, reason=outcome.reason)
        if outcome.is_witness:
            message = (
                f"On order {target.order.piid} another meter is of record, so that "
                "these calls would be compared there and not counted. Nothing was "
                "moved."
            )
            raise StillHeld(message, reason="WITNESS")
        decided.append((each, outcome))
    return decided


def _take_back(
    order: TaskOrder,
    found: Sequence[Moving],
    sources: Mapping[int, UsageSource],
    reason: str,
    because: Subject,
    at: datetime,
) -> None:
    """The correction of each call, in the open period of the order."""
    day = accounting_day(at, order.contract.time_zone)
    made = [
        (each, _correction(each.event, MOVED_AWAY, at, reason, at)) for each in found
    ]
    UsageEvent.objects.bulk_create(row for _, row in made)
    UsageLine.objects.bulk_create(
        UsageLine(**_key(row), token_class_code=code, tokens=-tokens)
        for each, row in made
        for code, tokens in sorted(each.tokens.items())
    )
    UsageAttribution.objects.bulk_create(
        UsageAttribution(
            **_key(row),
            order_line_id=each.line_id,
            model_id=each.model_id,
            accounting_day=day,
            attributed_at=at,
        )
        for each, row in made
    )
    ratings = [
        _rating(row, day, code, -tokens, each.prices[code])
        for each, row in made
        for code, tokens in sorted(each.tokens.items())
    ]
    UsageRating.objects.bulk_create(ratings)
    lines = OrderLine.objects.in_bulk({rating.order_line_id for rating in ratings})
    for rating in ratings:
        rating.order_line = lines[rating.order_line_id]
    deltas = [delta_of(sources[rating.source_id], rating) for rating in ratings]
    consume(deltas=deltas, because=because, at=at)


def _put(
    decided: Sequence[_Decided],
    sources: Mapping[int, UsageSource],
    target: OrderLine,
    reason: str,
    because: Subject,
    at: datetime,
) -> None:
    """The same tokens on the line to which they belong, at their own time."""
    made = [
        (each, _correction(each.event, MOVED_HERE, each.event.occurred_at, reason, at))
        for each, _ in decided
    ]
    UsageEvent.objects.bulk_create(row for _, row in made)
    UsageLine.objects.bulk_create(
        UsageLine(**_key(row), token_class_code=code, tokens=tokens)
        for each, row in made
        for code, tokens in sorted(each.tokens.items())
    )
    attributed: list[Attribution] = [
        (row.event_id, row.occurred_at, sources[each.source_id], outcome)
        for (each, row), (_, outcome) in zip(made, decided, strict=True)
    ]
    store_attributions(target.order.contract.agency_id, attributed, at)
    deltas = deltas_of(attributed)
    if deltas:
        consume(deltas=deltas, because=because, at=at)


def _correction(
    original: EveryEvent, prefix: str, occurred_at: datetime, why: str, at: datetime
) -> UsageEvent:
    """A row of ours beside the call, which no source has sent."""
    same = (
        *("agency_id", "source_id", "batch_id", "operation_id", "attempt", "order_ref"),
        *("model_requested", "model_served", "model_billed", "tier", "context_band"),
        *("boundary", "basis", "provenance", "outcome", "key_ref"),
    )
    event_id = new_public_id(prefix)
    return UsageEvent(
        **{name: getattr(original, name) for name in same},
        event_id=event_id,
        occurred_at=occurred_at,
        received_at=at,
        payload_sha256=content_sha256({"moves": original.event_id, "as": event_id}),
        corrects=original.event_id,
        correction_reason=f"Moved: {why}"[:200],
    )


def _key(row: UsageEvent) -> dict[str, object]:
    return {
        "agency_id": row.agency_id,
        "source_id": row.source_id,
        "event_id": row.event_id,
    }


def _rating(
    made: UsageEvent, day: date, code: str, tokens: int, at: Price
) -> UsageRating:
    price = UnitPrice(at.usd_per_million_tokens)
    return UsageRating(
        **_key(made),
        token_class_code=code,
        tokens=tokens,
        order_line_id=at.order_line_id,
        rate_row_id=at.rate_row_id,
        occurred_at=made.occurred_at,
        accounting_day=day,
        usd_per_million_tokens=price.usd_per_million_tokens,
        dollars=price.of(Tokens(tokens)).amount,
        rated_at=made.received_at,
    )


def _by_volume(orders: Iterable[int]) -> set[int]:
    """The lines of the contracts whose steps move with these orders' usage."""
    lines = OrderLine.objects.filter(order__in=list(orders))
    return {
        line.contract_line_id
        for line in lines.select_related("contract_line")
        if line.contract_line.is_by_volume
    }

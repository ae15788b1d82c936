"""Correct metered usage by adding a signed row that names the original."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime

from django.db import transaction
from django.db.models import Q, Sum

from contracting.audit.operations.record import record_event
from contracting.contracts.models import BurnRate
from contracting.core.actors import Actor
from contracting.core.canonical import content_sha256
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.core.quantities import Dollars, Tokens, UnitPrice
from contracting.core.subjects import Subject
from contracting.ledger.operations.consume import consume
from contracting.ledger.states import Delta, Position
from contracting.metering import events, permissions
from contracting.metering.adapters.cloudevents import MAX_TOKENS
from contracting.metering.calculations import ledger_key
from contracting.metering.models import (
    EveryEvent,
    UsageAttribution,
    UsageEvent,
    UsageLine,
    UsageRating,
    UsageSource,
)
from contracting.metering.operations.fold import fold_usage
from contracting.metering.operations.rate import rate_period
from contracting.metering.queries import METERED_STATES
from contracting.metering.queries.histories import hour_of
from contracting.metering.queries.reratings import rated_now
from contracting.metering.refusals import NothingToCorrect
from contracting.orders.models import OrderLine, TaskOrder
from contracting.reference.states import BY_VOLUME


@transaction.atomic
def correct_usage(
    *,
    source_id: int,
    event_id: str,
    correction_id: str,
    changes: Mapping[str, int],
    reason: str,
    by: Actor,
    at: datetime,
) -> UsageEvent:
    """Add a correction: signed tokens per class, in the open period (R-MET-05).

    The original row, its day and its price stay as they are. The correction has the
    original's price and the accounting day of ``at``; on the ledger it stands where
    the original stands in time, and is folded at once.

    :param changes: tokens to add (+) or take back (-) by token class code
    :raises NotAllowed: if ``by`` is no representative of the agency
    :raises NothingToCorrect: if the original is unknown or unrated, its order is
        closed, it has less than is taken back, or no reason is given
    :raises NotReversible: if what is taken back is accepted already
    """
    source = UsageSource.objects.locked().get(pk=source_id)
    require(permissions.can_correct_usage(by, source.agency_id))
    original, attribution = _original(source, event_id, reason)
    line = OrderLine.objects.get(pk=attribution.order_line_id)
    order = next(each for each in _lock(line) if each.pk == line.order_id)
    if order.state not in METERED_STATES:
        message = f"Order {order.piid} is {order.get_state_display()}."
        raise NothingToCorrect(message, state=order.state)
    made = _correction(original, correction_id, changes, reason, at)
    made.save(force_insert=True)
    day = accounting_day(at, order.contract.time_zone)
    UsageAttribution.objects.create(
        agency_id=made.agency_id,
        source_id=made.source_id,
        event_id=made.event_id,
        order_line=line,
        model_id=attribution.model_id,
        accounting_day=day,
        attributed_at=at,
    )
    subject = Subject("metering.source", source.pk, f"organization:{source.agency_id}")
    lines = (
        OrderLine.objects.filter(order=order)
        .select_related("contract_line")
        .order_by("pk")
    )
    ratings = [
        _rate(original, made, day, code, change)
        for code, change in sorted(changes.items())
    ]
    deltas = [delta_of(source, rating) for rating in ratings]
    consume(deltas=deltas, because=subject, at=at)
    fold_usage(order_id=order.pk, by=by)
    by_volume = {
        each.contract_line_id for each in lines if each.contract_line.is_by_volume
    }
    for contract_line_id in sorted(by_volume):
        rate_period(contract_line_id=contract_line_id, by=by, at=at)
    record_event(
        events.USAGE_CORRECTED,
        subject=subject,
        by=by,
        at=at,
        data={
            "corrects": event_id,
            "correction": correction_id,
            "changes": dict(changes),
            "reason": reason,
        },
    )
    return made


def _lock(line: OrderLine) -> list[TaskOrder]:
    """The order, and those whose steps may move with its usage."""
    beside = OrderLine.objects.filter(
        contract_line__order_lines__order=line.order_id,
        contract_line__structure__in=sorted(BY_VOLUME),
    )
    orders = TaskOrder.objects.locked().filter(
        Q(pk=line.order_id) | Q(pk__in=beside.values("order"))
    )
    return list(orders)


def _original(
    source: UsageSource, event_id: str, reason: str
) -> tuple[EveryEvent, UsageAttribution]:
    keys = {"agency_id": source.agency_id, "source_id": source.pk, "event_id": event_id}
    original = EveryEvent.objects.filter(**keys, corrects="").first()
    attribution = UsageAttribution.objects.filter(**keys).first()
    if original is None or attribution is None:
        message = "There is no rated event of this id at this source."
        raise NothingToCorrect(message, event_id=event_id)
    if not reason.strip():
        message = "A correction says why."
        raise NothingToCorrect(message)
    return original, attribution


def _correction(
    original: EveryEvent,
    correction_id: str,
    changes: Mapping[str, int],
    reason: str,
    at: datetime,
) -> UsageEvent:
    taken = EveryEvent.objects.filter(
        agency_id=original.agency_id,
        source_id=original.source_id,
        event_id=correction_id,
    ).exists()
    if taken or not correction_id.strip():
        message = "Give the correction an id of its own; this one is empty or taken."
        raise NothingToCorrect(message, event_id=correction_id)
    if not changes or any(not 0 < abs(n) <= MAX_TOKENS for n in changes.values()):
        message = "A correction changes a count by at least one token."
        raise NothingToCorrect(message)
    return UsageEvent(
        agency_id=original.agency_id,
        source_id=original.source_id,
        event_id=correction_id,
        batch_id=original.batch_id,
        payload_sha256=content_sha256({"corrects": original.event_id, **changes}),
        occurred_at=at,
        received_at=at,
        operation_id=original.operation_id,
        attempt=original.attempt,
        order_ref=original.order_ref,
        model_requested=original.model_requested,
        model_served=original.model_served,
        tier=original.tier,
        context_band=original.context_band,
        boundary=original.boundary,
        basis=original.basis,
        provenance=original.provenance,
        outcome=original.outcome,
        key_ref=original.key_ref,
        model_billed=original.model_billed,
        corrects=original.event_id,
        correction_reason=reason.strip()[:200],
    )


def _rate(
    original: EveryEvent, made: UsageEvent, day: date, code: str, change: int
) -> UsageRating:
    """The signed line of the correction at the price at which the original stands."""
    _bound(original, code, change)
    now = rated_now(original.agency_id, original.source_id, [original.event_id])
    at = now[original.event_id, code]
    keys = {
        "agency_id": made.agency_id,
        "source_id": made.source_id,
        "event_id": made.event_id,
        "token_class_code": code,
        "tokens": change,
    }
    UsageLine.objects.create(**keys)
    price = UnitPrice(at.usd_per_million_tokens)
    return UsageRating.objects.create(
        **keys,
        order_line_id=at.order_line_id,
        rate_row_id=at.rate_row_id,
        occurred_at=made.occurred_at,
        accounting_day=day,
        usd_per_million_tokens=price.usd_per_million_tokens,
        dollars=price.of(Tokens(change)).amount,
        rated_at=made.received_at,
    )


def _bound(original: EveryEvent, code: str, change: int) -> None:
    """Insist that the original has that class, and enough of it to be taken back."""
    ratings = UsageRating.objects.filter(
        agency_id=original.agency_id,
        source_id=original.source_id,
        token_class_code=code,
    )
    rated = ratings.filter(event_id=original.event_id).first()
    if rated is None:
        message = f"The original has no tokens of class {code}."
        raise NothingToCorrect(message, token_class=code)
    corrections = EveryEvent.objects.filter(
        agency_id=original.agency_id,
        source_id=original.source_id,
        corrects=original.event_id,
    )
    changed = ratings.filter(
        event_id__in=corrections.values("event_id"), order_line=rated.order_line_id
    ).aggregate(sum=Sum("tokens"))["sum"]
    left = rated.tokens + (changed or 0)
    if left + change < 0:
        message = f"Only {left} tokens of class {code} can be taken back."
        raise NothingToCorrect(message, token_class=code, left=left)


def delta_of(source: UsageSource, rating: UsageRating) -> Delta:
    """What the correction brings; it is paid for where its call stands in time."""
    burn = BurnRate.objects.filter(rate_row=rating.rate_row_id).first()
    position = Position(rating.occurred_at, source.code, rating.event_id)
    return Delta(
        holder=rating.order_line.holder,
        key=ledger_key(rating.rate_row_id),
        unit_price=UnitPrice(rating.usd_per_million_tokens),
        rate_row_id=rating.rate_row_id,
        hour=hour_of(rating.occurred_at.astimezone(UTC)),
        day=rating.accounting_day,
        events=1,
        tokens=rating.tokens,
        dollars=Dollars(rating.dollars),
        first=position,
        last=position,
        acu_per_million_tokens=burn.acu_per_million_tokens if burn else None,
        is_correction=True,
    )

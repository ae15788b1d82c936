"""Correct metered usage by adding a signed row that names the original."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Sum

from contracting.audit.operations.record import record_event
from contracting.contracts.models import RateRow
from contracting.core.actors import Actor
from contracting.core.canonical import content_sha256
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.core.quantities import Tokens, UnitPrice
from contracting.core.subjects import Subject
from contracting.ledger.models import Transfer
from contracting.ledger.operations.consume import consume
from contracting.ledger.operations.reverse import reverse_transfer
from contracting.ledger.states import Consumption, Holder, TransferKind
from contracting.metering import events, permissions
from contracting.metering.models import (
    UsageAttribution,
    UsageEvent,
    UsageLine,
    UsageRating,
    UsageSource,
)
from contracting.metering.operations.assign import LINE_KIND
from contracting.metering.refusals import NothingToCorrect
from contracting.orders.models import OrderLine, TaskOrder


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
    original's price and the accounting day of ``at``; on the ledger the posting that
    carried the original is reversed and posted again with what is right.

    :param changes: tokens to add (+) or take back (−) by token class code
    :raises NotAllowed: if ``by`` is no representative of the agency
    :raises NothingToCorrect: if the original is unknown, unrated, or has less than is
        taken back, or no reason is given
    """
    source = UsageSource.objects.locked().get(pk=source_id)
    require(permissions.can_correct_usage(by, source.agency_id))
    original, attribution = _original(source, event_id, reason)
    line = OrderLine.objects.select_related("order__contract").get(
        pk=attribution.order_line_id
    )
    TaskOrder.objects.locked().get(pk=line.order_id)
    day = accounting_day(at, line.order.contract.time_zone)
    subject = Subject("metering.source", source.pk, f"organization:{source.agency_id}")
    made = _correction(original, correction_id, changes, reason, at)
    made.save(force_insert=True)
    UsageAttribution.objects.create(
        agency_id=made.agency_id,
        source_id=made.source_id,
        event_id=made.event_id,
        order_line=line,
        model_id=attribution.model_id,
        accounting_day=day,
        attributed_at=at,
    )
    for code, change in sorted(changes.items()):
        rating = _rating(original, code, change)
        UsageLine.objects.create(
            agency_id=made.agency_id,
            source_id=made.source_id,
            event_id=made.event_id,
            token_class_code=code,
            tokens=change,
        )
        price = UnitPrice(rating.usd_per_million_tokens)
        UsageRating.objects.create(
            agency_id=made.agency_id,
            source_id=made.source_id,
            event_id=made.event_id,
            token_class_code=code,
            order_line=line,
            rate_row_id=rating.rate_row_id,
            occurred_at=at,
            accounting_day=day,
            tokens=change,
            usd_per_million_tokens=price.usd_per_million_tokens,
            dollars=price.of(Tokens(change)).amount,
            rated_at=at,
        )
        _repost(line, rating.rate_row, price, change, reason, subject, by, at)
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


def _original(
    source: UsageSource, event_id: str, reason: str
) -> tuple[UsageEvent, UsageAttribution]:
    keys = {"agency_id": source.agency_id, "source_id": source.pk, "event_id": event_id}
    original = UsageEvent.objects.filter(**keys, corrects="").first()
    attribution = UsageAttribution.objects.filter(**keys).first()
    if original is None or attribution is None:
        message = "There is no rated event of this id at this source."
        raise NothingToCorrect(message, event_id=event_id)
    if not reason.strip():
        message = "A correction says why."
        raise NothingToCorrect(message)
    return original, attribution


def _correction(
    original: UsageEvent,
    correction_id: str,
    changes: Mapping[str, int],
    reason: str,
    at: datetime,
) -> UsageEvent:
    taken = UsageEvent.objects.filter(
        agency_id=original.agency_id,
        source_id=original.source_id,
        event_id=correction_id,
    ).exists()
    if taken or not correction_id.strip() or not changes or 0 in changes.values():
        message = "Give the correction an id of its own and a change that is not zero."
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
        corrects=original.event_id,
        correction_reason=reason.strip()[:200],
    )


def _rating(original: UsageEvent, code: str, change: int) -> UsageRating:
    """The original's rating of that class; it bounds what can be taken back."""
    rating = UsageRating.objects.filter(
        agency_id=original.agency_id,
        source_id=original.source_id,
        event_id=original.event_id,
        token_class_code=code,
    ).first()
    if rating is None:
        message = f"The original has no tokens of class {code}."
        raise NothingToCorrect(message, token_class=code)
    corrections = UsageEvent.objects.filter(
        agency_id=original.agency_id,
        source_id=original.source_id,
        corrects=original.event_id,
    ).values_list("event_id", flat=True)
    changed = UsageRating.objects.filter(
        agency_id=original.agency_id,
        source_id=original.source_id,
        event_id__in=list(corrections),
        token_class_code=code,
    ).aggregate(sum=Sum("tokens"))["sum"]
    left = rating.tokens + (changed or 0)
    if left + change < 0:
        message = f"Only {left} tokens of class {code} can be taken back."
        raise NothingToCorrect(message, token_class=code, left=left)
    return rating


def _repost(
    line: OrderLine,
    rate_row: RateRow,
    price: UnitPrice,
    change: int,
    reason: str,
    because: Subject,
    by: Actor,
    at: datetime,
) -> None:
    """Reversal and replacement: postings of the key, until they cover what is taken back."""
    holder = Holder(LINE_KIND, line.pk)
    key = f"rate {rate_row.pk}"
    tokens = change
    postings = (
        Transfer.objects.filter(
            kind__in=[TransferKind.UNFUNDED, TransferKind.CONSUME],
            note=key,
            reversal__isnull=True,
            credit__balance__line__holder_kind=LINE_KIND,
            credit__balance__line__holder_id=line.pk,
        )
        .order_by("-kind", "-pk")
    )
    for posting in postings.iterator():
        if tokens >= 0:
            break
        reverse_transfer(
            transfer_id=posting.pk, reason=reason[:200], because=because, by=by, at=at
        )
        tokens += posting.tokens
    if tokens > 0:
        consume(
            holder=holder,
            entries=[Consumption(key=key, unit_price=price, tokens=Tokens(tokens))],
            because=because,
            by=by,
            at=at,
        )

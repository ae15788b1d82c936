"""Let held calls pass what held them: an estimate, a limit, a lapsed authorization."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.core.subjects import Subject
from contracting.metering import events, permissions, queries
from contracting.metering.models import UsageRelease, UsageSource
from contracting.metering.operations.assign import (
    draw_on_funds,
    lock_orders,
    store_attributions,
    store_holds,
    try_again,
)
from contracting.metering.queries import HeldCalls
from contracting.metering.refusals import NothingHeld, ReasonMissing
from contracting.metering.states import HoldReason


@dataclass(frozen=True, slots=True)
class Released:
    """What was charged to its order by it, and what is held for something else now."""

    charged: int
    still_held: int


@transaction.atomic
def release_usage(
    *,
    agency_id: int,
    calls: HeldCalls,
    reason: str,
    dispute: str = "",
    by: Actor,
    at: datetime,
) -> Released:
    """Let held calls pass, with a reason; the counts stay as they were reported.

    Usage beyond a limit is released by the representative (R-MET-06), usage on a
    boundary whose authorization had lapsed by the authorizing official (R-AI-02). An
    estimate is never billable: only the contracting officer lets it pass, by the
    decision of a dispute (R-MET-03). What else is wrong with a call still holds it.

    :param calls: those of one reason
    :param dispute: the number of the dispute, for an estimate
    :raises NotAllowed: if this reason is not for ``by`` to lift
    :raises NothingHeld: if none of the calls is in suspense
    :raises ReasonMissing: without a reason, or an estimate without its dispute
    """
    sources = {
        source.pk: source
        for source in UsageSource.objects.locked().filter(agency_id=agency_id)
    }
    require(permissions.can_release_usage(by, agency_id, calls.reason))
    reason = " ".join(reason.split())[:400]
    dispute = " ".join(dispute.split())[:80]
    if not reason:
        message = "Say why these calls may pass."
        raise ReasonMissing(message)
    if calls.reason == HoldReason.NOT_MEASURED and not dispute:
        message = "An estimate is charged by the decision of a dispute only: name it."
        raise ReasonMissing(message, rule="R-MET-03")
    held = list(queries.held_calls(agency_id, calls))
    if not held:
        message = "None of these calls is in suspense."
        raise NothingHeld(message, rule="R-MET-08")
    lookup = lock_orders(agency_id, queries.orders_named_by(agency_id, held))
    UsageRelease.objects.add_all(
        (
            *("agency_id", "source_id", "event_id", "held_for"),
            *("reason", "dispute", "released_by", "released_at"),
        ),
        (
            (
                *(agency_id, event.source_id, event.event_id, calls.reason),
                *(reason, dispute, by.name, at),
            )
            for event in held
        ),
    )
    attributed, kept = try_again(agency_id, held, sources, lookup)
    subject = Subject("metering.suspense", agency_id, f"organization:{agency_id}")
    store_attributions(agency_id, attributed, at)
    store_holds(agency_id, [(e.source_id, e.event_id, why) for e, why in kept], at)
    draw_on_funds(attributed, because=subject, at=at)
    record_event(
        events.USAGE_RELEASED,
        subject=subject,
        by=by,
        at=at,
        data={
            "held_for": calls.reason,
            "named": calls.order_ref,
            "calls": len(held),
            "charged": len(attributed),
            "still_held": len(kept),
            "reason": reason,
            "dispute": dispute,
        },
    )
    return Released(len(attributed), len(kept))

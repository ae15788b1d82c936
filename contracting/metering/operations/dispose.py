"""Dispose of held usage: say with a code why it is charged to nobody."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.core.subjects import Subject
from contracting.metering import events, permissions, queries
from contracting.metering.models import UsageDisposal, UsageSource
from contracting.metering.queries import HeldCalls
from contracting.metering.refusals import NothingHeld, ReasonMissing
from contracting.metering.states import DisposalCode


@transaction.atomic
def dispose_usage(
    *,
    agency_id: int,
    calls: HeldCalls,
    code: str,
    reason: str,
    by: Actor,
    at: datetime,
) -> int:
    """Take held calls out of suspense without charging them to an order (R-MET-08).

    They stay stored, listed and counted, are rated by nobody and stop no close-out. It
    is for good: what turns out to be chargeable is corrected by the source, as a new
    event.

    :param code: a :class:`DisposalCode`
    :returns: how many calls left suspense
    :raises NotAllowed: unless ``by`` is representative or contracting officer of the
        agency
    :raises NothingHeld: if none of the calls is in suspense
    :raises ReasonMissing: without a code of the list and a reason
    """
    list(UsageSource.objects.locked().filter(agency_id=agency_id))
    require(permissions.can_dispose_usage(by, agency_id))
    reason = " ".join(reason.split())[:400]
    if code not in DisposalCode.values or not reason:
        message = "Say with a code and in words why these calls are not charged."
        raise ReasonMissing(message)
    keys = list(
        queries.held_calls(agency_id, calls).values_list("source_id", "event_id")
    )
    if not keys:
        message = "None of these calls is in suspense."
        raise NothingHeld(message, rule="R-MET-08")
    UsageDisposal.objects.add_all(
        (
            "agency_id",
            "source_id",
            "event_id",
            "code",
            "reason",
            "disposed_by",
            "disposed_at",
        ),
        (
            (agency_id, source, event, str(code), reason, by.name, at)
            for source, event in keys
        ),
    )
    record_event(
        events.USAGE_DISPOSED,
        subject=Subject("metering.suspense", agency_id, f"organization:{agency_id}"),
        by=by,
        at=at,
        data={
            "held_for": calls.reason,
            "named": calls.order_ref,
            "calls": len(keys),
            "code": str(code),
            "reason": reason,
        },
    )
    return len(keys)

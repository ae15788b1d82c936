"""Give a prepared re-rating up; its report stays."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.metering import events, permissions
from contracting.metering.models import RatingRun
from contracting.metering.states import RatingRunState


@transaction.atomic
def discard_rerating(*, run_id: int, by: Actor, at: datetime) -> RatingRun:
    """Give up a run that waits for its approval; nothing was changed by it.

    :raises NotAllowed: unless ``by`` answers for the contract, or if it is decided
    """
    run = RatingRun.objects.locked().select_related("contract").get(pk=run_id)
    require(permissions.can_discard_rerating(by, run))
    run.decided_by_id, run.decided_at = by.own_membership_id, at
    run.save(update_fields=["decided_by", "decided_at"])
    run.move_to(RatingRunState.DISCARDED)
    record_event(
        events.RERATING_DISCARDED,
        subject=run.subject,
        by=by,
        at=at,
        data={"run": run.public_id},
    )
    return run

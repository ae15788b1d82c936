"""Park a delta that cannot be folded, so that it stops no other."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.ledger import events
from contracting.ledger.models import ParkedDelta, UsageDelta
from contracting.ledger.models.deltas import DELTA_COLUMNS


@transaction.atomic
def park_delta(
    *, delta_id: int, reason: str, by: Actor, at: datetime
) -> ParkedDelta | None:
    """Take one delta out of the way of the roller, with what stopped it.

    :returns: what was parked; none if it is folded meanwhile
    """
    delta = UsageDelta.objects.select_for_update().filter(pk=delta_id).first()
    if delta is None:
        return None
    parked = ParkedDelta(
        reason=reason[:400],
        parked_at=at,
        waiting_since=delta.recorded_at,
        **{name: getattr(delta, name) for name in DELTA_COLUMNS},
    )
    parked.save()
    delta.delete()
    record_event(
        events.DELTA_PARKED,
        subject=delta.because,
        by=by,
        at=at,
        data={
            "delta": parked.public_id,
            "holder": {"kind": delta.holder_kind, "id": delta.holder_id},
            "tokens": delta.tokens,
            "dollars": delta.dollars,
            "reason": parked.reason,
        },
    )
    return parked

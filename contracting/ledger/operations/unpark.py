"""Let the roller try a parked delta again."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.ledger import events
from contracting.ledger.models import ParkedDelta, UsageDelta
from contracting.ledger.models.deltas import DELTA_COLUMNS


@transaction.atomic
def unpark_delta(*, parked_id: int, by: Actor, at: datetime) -> UsageDelta | None:
    """Put a parked delta back, for one try more.

    :returns: the delta that waits now; none if somebody else has put it back
    """
    parked = ParkedDelta.objects.select_for_update().filter(pk=parked_id).first()
    if parked is None:
        return None
    delta = UsageDelta.objects.create(
        **{name: getattr(parked, name) for name in DELTA_COLUMNS}
    )
    parked.delete()
    record_event(
        events.DELTA_UNPARKED,
        subject=delta.because,
        by=by,
        at=at,
        data={"delta": parked.public_id, "tokens": delta.tokens},
    )
    return delta

"""Try parked usage again."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.core.subjects import Subject
from contracting.ledger.operations.unpark import unpark_delta
from contracting.metering import events, permissions, queries
from contracting.metering.models import UsageSource
from contracting.metering.operations.assign import ask_to_fold
from contracting.metering.refusals import NothingParked


@transaction.atomic
def unpark_usage(*, agency_id: int, public_id: str, by: Actor, at: datetime) -> None:
    """Let the roller try a parked delta once more, after what stopped it is put right.

    :raises NotAllowed: unless ``by`` is representative, contracting officer or
        administrator of the agency
    :raises NothingParked: if it is not parked any more
    """
    list(UsageSource.objects.locked().filter(agency_id=agency_id))
    require(permissions.can_unpark_usage(by, agency_id))
    parked = queries.parked_usage(agency_id).filter(public_id=public_id).first()
    if parked is None:
        message = "This usage is not parked any more."
        raise NothingParked(message)
    unpark_delta(parked_id=parked.pk, by=by, at=at)
    ask_to_fold()
    record_event(
        events.USAGE_UNPARKED,
        subject=Subject("metering.suspense", agency_id, f"organization:{agency_id}"),
        by=by,
        at=at,
        data={"delta": public_id, "tokens": parked.tokens},
    )

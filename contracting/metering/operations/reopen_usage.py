"""Let usage that was closed for a month be open again."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.subjects import Subject
from contracting.metering import events
from contracting.metering.models import ReopenedUsage


@transaction.atomic
def reopen_usage(*, closed_by: Subject, by: Actor, at: datetime) -> ReopenedUsage:
    """Let a closing no longer hold; nothing that it closed is changed.

    :param closed_by: what the usage was closed because of
    """
    made = ReopenedUsage.objects.create(
        because_kind=closed_by.kind, because_id=closed_by.id, reopened_at=at
    )
    record_event(
        events.USAGE_REOPENED,
        subject=closed_by,
        by=by,
        at=at,
        data={"closed_by": {"kind": closed_by.kind, "id": closed_by.id}},
    )
    return made

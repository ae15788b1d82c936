"""Close a source: it reports no more, and its rows are counted no more."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.metering import events, permissions
from contracting.metering.models import UsageSource
from contracting.metering.refusals import ReasonMissing


@transaction.atomic
def close_source(
    *, source_id: int, reason: str, by: Actor, at: datetime
) -> UsageSource:
    """Close a source: its fiscal year is over, or its gateway is switched off.

    Each row that comes for it afterwards is answered ``source_closed`` and never
    counted; what was received stays. Its successor reports under a name of its own.

    :raises NotAllowed: unless ``by`` is an administrator of the agency, or if it is
        closed already
    :raises ReasonMissing: without a reason
    """
    source = UsageSource.objects.locked().get(pk=source_id)
    require(permissions.can_close_source(by, source))
    reason = " ".join(reason.split())[:200]
    if not reason:
        message = "Say why the source reports no more."
        raise ReasonMissing(message)
    source.closed_at, source.closed_by, source.closing_reason = at, by.name, reason
    source.save(update_fields=["closed_at", "closed_by", "closing_reason"])
    record_event(
        events.SOURCE_CLOSED,
        subject=source.subject,
        by=by,
        at=at,
        data={
            "code": source.code,
            "fiscal_year": source.fiscal_year,
            "reason": reason,
        },
    )
    return source

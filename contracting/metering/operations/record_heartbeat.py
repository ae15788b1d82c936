"""A source says that it is there, and up to which instant it has sent everything."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.metering import events, permissions
from contracting.metering.models import SourceHeartbeat, UsageSource
from contracting.metering.refusals import BadControl, SourceClosed


@transaction.atomic
def record_heartbeat(
    *,
    source_id: int,
    watermark: datetime,
    last_seq: int | None = None,
    by: Actor,
    at: datetime,
) -> SourceHeartbeat:
    """Record a heartbeat; also a source without any call is then known to be there.

    :param watermark: every call that was completed before it has been sent
    :param last_seq: the number of the last call that was sent, where calls are numbered
    :raises NotAllowed: if the key or person may not write for this source
    :raises SourceClosed: if the source no longer reports
    :raises BadControl: if the watermark lies ahead, or behind an earlier one
    """
    source = UsageSource.objects.locked().get(pk=source_id)
    require(permissions.can_report_completeness(by, source))
    if source.closed_at is not None:
        message = "This source is closed; its successor reports."
        raise SourceClosed(message)
    if watermark > at:
        message = "A watermark lies ahead of the clock: nothing of that was used yet."
        raise BadControl(message, pointer="/watermark")
    last = source.heartbeats.order_by("-beat_at", "-pk").first()
    if last is not None and watermark < last.watermark:
        message = (
            f"The watermark stood at {last.watermark:%Y-%m-%dT%H:%M:%SZ} already. Late "
            "calls are sent as they are; the watermark never goes back."
        )
        raise BadControl(message, pointer="/watermark")
    if last_seq is not None and last_seq < 0:
        message = "The number of a call is never negative."
        raise BadControl(message, pointer="/last_seq")
    heartbeat = SourceHeartbeat.objects.create(
        source=source, beat_at=at, watermark=watermark, last_seq=last_seq
    )
    record_event(
        events.HEARTBEAT_RECORDED,
        subject=source.subject,
        by=by,
        at=at,
        data={"watermark": watermark, "last_seq": last_seq},
    )
    return heartbeat

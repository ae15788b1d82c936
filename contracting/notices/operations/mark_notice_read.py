"""Say that a notice has been read."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.notices import events, permissions
from contracting.notices.models import Notice
from contracting.notices.refusals import AlreadyRead


@transaction.atomic
def mark_notice_read(*, notice_id: int, by: Actor, at: datetime) -> Notice:
    """Take the notice off the list of what waits; it stays in the inbox.

    :raises NotAllowed: if it concerns somebody else
    :raises AlreadyRead: if it was marked before
    """
    notice: Notice = Notice.objects.locked().get(pk=notice_id)
    require(permissions.can_mark_notice_read(by, notice))
    if notice.read_at is not None:
        message = "This notice is marked as read already."
        raise AlreadyRead(message, read_at=notice.read_at)
    notice.read_at = at
    notice.save(update_fields=["read_at"])
    record_event(
        events.NOTICE_READ,
        subject=notice.as_subject,
        by=by,
        at=at,
        data={"notice": notice.public_id, "title": notice.title},
    )
    return notice

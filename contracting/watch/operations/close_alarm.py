"""Close an alarm with what was found."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.watch import events, permissions
from contracting.watch.models import Alarm
from contracting.watch.refusals import NothingFound
from contracting.watch.states import AlarmState


@transaction.atomic
def close_alarm(*, alarm_id: int, reason: str, by: Actor, at: datetime) -> Alarm:
    """Close it; of the same thing the days before are not looked at again.

    :raises NotAllowed: if ``by`` is none of those who are told
    :raises NothingFound: without a reason
    :raises IllegalMove: if it is closed already
    """
    alarm: Alarm = Alarm.objects.locked().get(pk=alarm_id)
    require(permissions.can_close_alarm(by, alarm))
    if not reason.strip():
        message = "Say what was found."
        raise NothingFound(message)
    alarm.reason = reason.strip()[:400]
    alarm.acted_by_id = by.own_membership_id
    alarm.acted_at = at
    alarm.save(update_fields=["reason", "acted_by", "acted_at"])
    alarm.move_to(AlarmState.CLOSED)
    record_event(
        events.ALARM_CLOSED,
        subject=alarm.subject,
        by=by,
        at=at,
        data={"alarm": alarm.public_id, "reason": alarm.reason},
    )
    return alarm

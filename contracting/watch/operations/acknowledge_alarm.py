"""Say that one looks at an alarm."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.watch import events, permissions
from contracting.watch.models import Alarm
from contracting.watch.states import AlarmState


@transaction.atomic
def acknowledge_alarm(*, alarm_id: int, by: Actor, at: datetime) -> Alarm:
    """Take an alarm on; it stays listed until it is closed.

    :raises NotAllowed: if ``by`` is none of those who are told
    :raises IllegalMove: if somebody does so already, or it is closed
    """
    alarm: Alarm = Alarm.objects.locked().get(pk=alarm_id)
    require(permissions.can_acknowledge_alarm(by, alarm))
    alarm.acted_by_id = by.own_membership_id
    alarm.acted_at = at
    alarm.save(update_fields=["acted_by", "acted_at"])
    alarm.move_to(AlarmState.ACKNOWLEDGED)
    record_event(
        events.ALARM_ACKNOWLEDGED,
        subject=alarm.subject,
        by=by,
        at=at,
        data={"alarm": alarm.public_id},
    )
    return alarm

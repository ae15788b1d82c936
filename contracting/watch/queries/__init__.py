"""Alarms that somebody may see."""

from __future__ import annotations

from django.db.models import QuerySet

from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.watch.models import Alarm


def alarms_visible_to(actor: Actor) -> QuerySet[Alarm]:
    """The agency's own alarms, newest first; nobody else sees any."""
    if actor.is_agency and actor.role:
        return (
            Alarm.objects.filter(agency_id=actor.organization_id)
            .select_related("order__contract", "source", "acted_by__user")
            .order_by("-pk")
        )
    return Alarm.objects.none()


def get_alarm_for(actor: Actor, public_id: str) -> Alarm:
    """One alarm.

    :raises NotVisible: if it is not there for this actor
    """
    found = alarms_visible_to(actor).filter(public_id=public_id).first()
    if found is None:
        message = "There is no such alarm."
        raise NotVisible(message)
    return found

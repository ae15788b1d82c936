"""Remind both sides of an update on an incident that is missing."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.incidents import events, permissions
from contracting.incidents.models import Incident, IncidentReminder
from contracting.incidents.operations.report import _tell
from contracting.incidents.queries import next_update_due
from contracting.notices.operations.post_notice import Recipient


@transaction.atomic
def remind_incidents(*, by: Actor, at: datetime) -> int:
    """Tell both sides of a contract, once for each update that is missing.

    An open incident is updated within its hours (R-AI-03). May run at any time and
    twice: what was told is not told again until another update is missing.

    :returns: how many incidents were reminded of
    :raises NotAllowed: if ``by`` is not the system
    """
    waiting = Incident.objects.filter(closure__isnull=True).order_by("pk")
    named = waiting.values("contract")
    list(Contract.objects.locked().filter(pk__in=named))
    require(permissions.can_remind_incidents(by))
    rows = waiting.select_related("contract__vendor")
    return sum(_remind(incident, by, at) for incident in rows)


def _remind(incident: Incident, by: Actor, at: datetime) -> bool:
    due = next_update_due(incident)
    if due is None or at <= due or incident.reminders.filter(due_at=due).exists():
        return False
    IncidentReminder.objects.create(incident=incident, due_at=due, reminded_at=at)
    contract = incident.contract
    _tell(
        incident,
        f"An update is missing: {incident.title}",
        f"{contract.vendor.name} tells within every {incident.update_hours} hours how "
        "far the incident is, even if nothing is new, until it is closed.",
        by,
        at,
        Recipient(contract.vendor_id),
    )
    record_event(
        events.INCIDENT_REMINDED,
        subject=incident.subject,
        by=by,
        at=at,
        data={"rule": "R-AI-03", "due_at": due},
    )
    return True

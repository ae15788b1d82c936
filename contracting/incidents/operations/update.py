"""The vendor tells how far an incident is."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.incidents import events, permissions
from contracting.incidents.models import Incident, IncidentUpdate
from contracting.incidents.operations.report import _tell
from contracting.incidents.queries import is_overdue
from contracting.incidents.refusals import IncidentIncomplete


@transaction.atomic
def update_incident(
    *, incident_id: int, text: str, by: Actor, at: datetime
) -> IncidentUpdate:
    """Add an update; one is due daily until the incident is closed (R-AI-03).

    :raises NotAllowed: unless ``by`` is of the vendor and it is open
    :raises IncidentIncomplete: without words
    """
    incident = _lock_incident(incident_id)
    require(permissions.can_update_incident(by, incident))
    if not text.strip():
        message = "Say how far it is, even if nothing is new."
        raise IncidentIncomplete(message, pointer="/text")
    late = is_overdue(incident, at)
    update = IncidentUpdate.objects.create(
        incident=incident,
        text=text.strip(),
        updated_by_id=by.own_membership_id,
        updated_at=at,
    )
    _tell(incident, f"Update: {incident.title}", update.text, by, at)
    record_event(
        events.INCIDENT_UPDATED,
        subject=incident.subject,
        by=by,
        at=at,
        data={"rule": "R-AI-03", "text": update.text, "is_late": late},
    )
    return update


def _lock_incident(incident_id: int) -> Incident:
    """Lock the contract; what an incident says never changes."""
    contract_id = Incident.objects.values_list("contract_id", flat=True).get(
        pk=incident_id
    )
    Contract.objects.locked().get(pk=contract_id)
    return Incident.objects.select_related("contract").get(pk=incident_id)

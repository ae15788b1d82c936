"""An incident is closed by the agency."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.incidents import events, permissions
from contracting.incidents.models import IncidentClosure
from contracting.incidents.operations.update import _lock_incident
from contracting.incidents.refusals import IncidentIncomplete
from contracting.notices.operations.post_notice import Recipient, post_notice


@transaction.atomic
def close_incident(
    *, incident_id: int, text: str, by: Actor, at: datetime
) -> IncidentClosure:
    """Say what came of it; from then on no update is due.

    :raises NotAllowed: unless ``by`` is an officer or representative of the agency and
        it is open
    :raises IncidentIncomplete: without words
    """
    incident = _lock_incident(incident_id)
    require(permissions.can_close_incident(by, incident))
    if not text.strip():
        message = "Say what came of it."
        raise IncidentIncomplete(message, pointer="/text")
    closure = IncidentClosure.objects.create(
        incident=incident,
        text=text.strip(),
        closed_by_id=by.own_membership_id,
        closed_at=at,
    )
    post_notice(
        recipients=[Recipient(organization_id=incident.contract.vendor_id)],
        subject=incident.subject,
        title=f"Closed: {incident.title}"[:200],
        body=closure.text,
        url_path=incident.path,
        by=by,
        at=at,
    )
    record_event(
        events.INCIDENT_CLOSED,
        subject=incident.subject,
        by=by,
        at=at,
        data={"rule": "R-AI-03", "text": closure.text},
    )
    return closure

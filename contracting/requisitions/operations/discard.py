"""A program manager gives up a draft."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.requisitions import events, permissions
from contracting.requisitions.models import Requisition
from contracting.requisitions.states import RequisitionState


@transaction.atomic
def discard_requisition(*, requisition_id: int, by: Actor, at: datetime) -> Requisition:
    """Hide a draft for good; its number is not used again.

    :raises NotAllowed: if ``by`` is no program manager of the agency, or it is no draft
    """
    requisition = Requisition.objects.locked().get(pk=requisition_id)
    require(permissions.can_discard_requisition(by, requisition))
    requisition.move_to(RequisitionState.DISCARDED)
    record_event(
        events.REQUISITION_DISCARDED,
        subject=requisition.subject,
        by=by,
        at=at,
        data={"number": requisition.number, "version": requisition.version},
    )
    return requisition

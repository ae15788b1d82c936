"""A program manager hands the need to the contracting office."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.requisitions import events, permissions
from contracting.requisitions.models import Requisition
from contracting.requisitions.queries import latest_estimate
from contracting.requisitions.refusals import EstimateMissing
from contracting.requisitions.states import RequisitionState


@transaction.atomic
def submit_requisition(
    *, requisition_id: int, by: Actor, at: datetime, seen_version: int
) -> Requisition:
    """Hand an estimated need to the contracting office; it changes no more.

    :raises NotAllowed: if ``by`` is no program manager of the agency, or it is no draft
    :raises Stale: if the requisition has changed since it was read
    :raises EstimateMissing: if its workload has not been estimated
    """
    requisition = Requisition.objects.locked().get(pk=requisition_id)
    require(permissions.can_submit_requisition(by, requisition))
    requisition.require_version(seen_version)
    estimate = latest_estimate(requisition)
    if estimate is None:
        message = "Estimate the workload first: nobody can buy a need without a size."
        raise EstimateMissing(message)
    requisition.move_to(RequisitionState.SUBMITTED)
    record_event(
        events.REQUISITION_SUBMITTED,
        subject=requisition.subject,
        by=by,
        at=at,
        data={
            "number": requisition.number,
            "version": requisition.version,
            "content_sha256": requisition.content_sha256,
            "p50_dollars": estimate.p50_dollars,
        },
    )
    return requisition

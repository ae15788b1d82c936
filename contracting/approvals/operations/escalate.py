"""Tell somebody above that a review waits too long, or for nobody."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.approvals import events, permissions
from contracting.approvals.models import Escalation, Route, Step
from contracting.approvals.queries import due_on
from contracting.approvals.queries.queues import overdue
from contracting.approvals.refusals import NothingToEscalate
from contracting.approvals.states import Overdue
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require


@transaction.atomic
def escalate_review(*, step_id: int, by: Actor, at: datetime) -> Escalation:
    """Record that a step is overdue, once for each reason; it decides nothing.

    A step is overdue when the federal working days of its policy are over, and at once
    when abstentions leave nobody who may decide. Whom to tell is the policy's; the
    notice is for the caller to post.

    :raises NotAllowed: unless the system itself asks
    :raises NothingToEscalate: if the step waits for nobody now, is in time, or somebody
        was told already
    """
    route_id = Step.objects.values_list("route_id", flat=True).get(pk=step_id)
    route: Route = Route.objects.locked().select_related("agency").get(pk=route_id)
    require(permissions.can_escalate_review(by))
    step = route.steps.get(pk=step_id)
    why = overdue(step, route, route.agency.local_day(at))
    if why is None:
        message = "This step waits for nobody, is in time, or is escalated already."
        raise NothingToEscalate(message)
    escalation = Escalation.objects.create(
        step=step,
        why=why,
        told_role=step.escalates_to,
        due_on=due_on(step, route) if why == Overdue.DAYS else None,
        at=at,
    )
    record_event(
        events.REVIEW_ESCALATED,
        subject=route.as_subject,
        by=by,
        at=at,
        data={
            "step": step.label,
            "why": why,
            "told": escalation.told_role,
            "due_on": escalation.due_on,
            "version": route.version,
        },
    )
    return escalation

"""Whoever the ladder asks decides on a determination."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.approvals.operations.override import override_rule
from contracting.approvals.operations.record import record_decision
from contracting.approvals.queries import open_route_of
from contracting.approvals.refusals import RouteClosed
from contracting.approvals.states import Decided
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.determinations import events, permissions
from contracting.determinations.models import Determination
from contracting.determinations.operations.make import print_determination
from contracting.determinations.states import VERSION, DeterminationState


@transaction.atomic
def review_determination(
    *, determination_id: int, verdict: Decided, comment: str, by: Actor, at: datetime
) -> Determination:
    """Approve a justification or finding, or return it; one word against it returns it.

    Who abstains for a conflict of interest leaves it to another of the field.

    :raises NotAllowed: if the route does not ask ``by`` now, or ``by`` wrote it
    :raises CommentMissing: if a verdict other than to concur has no words
    """
    determination: Determination = (
        Determination.objects.locked().select_related("agency").get(pk=determination_id)
    )
    on = determination.agency.local_day(at)
    require(permissions.can_review_determination(by, determination, on))
    route = open_route_of(determination.subject)
    if route is None:
        message = "Nothing is decided any more: the review is closed."
        raise RouteClosed(message)
    progress = record_decision(
        route_id=route.pk,
        verdict=Decided.RETURN if verdict == Decided.NONCONCUR else verdict,
        comment=comment,
        seen_version=VERSION,
        content_sha256=determination.content_sha256,
        by=by,
        at=at,
    )
    if progress.returned or progress.complete:
        determination.decided_at = at
        determination.save(update_fields=["decided_at"])
        determination.move_to(
            DeterminationState.RETURNED
            if progress.returned
            else DeterminationState.APPROVED
        )
    if progress.complete:
        override_rule(
            **determination.as_override,
            asked_by=determination.made_by,
            by=by,
            at=at,
        )
        print_determination(determination, by, at)
    record_event(
        events.DETERMINATION_REVIEWED,
        subject=determination.subject,
        by=by,
        at=at,
        data={
            "kind": determination.kind,
            "verdict": str(verdict),
            "state": determination.state,
            "steps_left": progress.steps_left,
        },
    )
    return determination

"""The contracting officer writes how a non-concurrence is disposed of."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.approvals import events, permissions
from contracting.approvals.models import Decision, Disposition, Route
from contracting.approvals.operations.override import override_rule
from contracting.approvals.refusals import CommentMissing, NothingToDispose
from contracting.approvals.states import Decided
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.core.permissions import require


@transaction.atomic
def dispose_nonconcurrence(
    *, decision_id: int, text: str, by: Actor, at: datetime
) -> Disposition:
    """Answer a reviewer who did not concur, so that the officer may sign (R-TO-09).

    :raises NotVisible: if the route is another organization's
    :raises NotAllowed: if ``by`` is no contracting officer of the agency
    :raises NothingToDispose: if the decision concurs, or has been disposed of
    :raises CommentMissing: without words
    """
    decision = Decision.objects.select_related("route").get(pk=decision_id)
    route: Route = Route.objects.locked().get(pk=decision.route_id)
    if not by.acts_for(route.agency_id):
        message = "There is nothing here for you."
        raise NotVisible(message)
    require(permissions.can_dispose_nonconcurrence(by, decision))
    if decision.verdict != Decided.NONCONCUR:
        message = "Only a non-concurrence needs a disposition."
        raise NothingToDispose(message)
    if Disposition.objects.filter(decision=decision).exists():
        message = "This non-concurrence has been disposed of."
        raise NothingToDispose(message)
    if not text.strip():
        message = "Say how you dispose of the non-concurrence."
        raise CommentMissing(message)
    disposition = Disposition.objects.create(
        decision=decision, membership_id=by.own_membership_id, text=text.strip(), at=at
    )
    override_rule(
        rule="R-TO-09",
        subject=route.subject,
        title=route.title,
        url_path=route.page,
        reason_code="DISPOSITION",
        words=disposition.text,
        by=by,
        at=at,
    )
    record_event(
        events.NONCONCURRENCE_DISPOSED,
        subject=decision.as_subject,
        by=by,
        at=at,
        data={"route": route.pk, "disposition": disposition.pk, "text": text.strip()},
    )
    return disposition

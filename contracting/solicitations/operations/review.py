"""A reviewer decides on exactly one version of the package."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from contracting.approvals.operations.record import record_decision
from contracting.approvals.queries import open_route_of
from contracting.approvals.refusals import RouteClosed
from contracting.approvals.states import Decided, Remark
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.solicitations import events, permissions
from contracting.solicitations.models import Solicitation
from contracting.solicitations.states import SolicitationState


@transaction.atomic
def review_solicitation(
    *,
    solicitation_id: int,
    verdict: Decided,
    comment: str,
    by: Actor,
    at: datetime,
    seen_version: int,
    remarks: Sequence[Remark] = (),
) -> Solicitation:
    """Concur, do not concur, or return the package with reasons.

    The last decision that the route needs approves the version; a return makes it a
    draft again.

    :param remarks: comments on single paragraphs
    :raises NotAllowed: if the route does not ask ``by`` now, or ``by`` wrote any part
        of it (R-ROL-09)
    :raises Stale: if the package has changed since it was read
    """
    solicitation = Solicitation.objects.locked().get(pk=solicitation_id)
    on = solicitation.agency.local_day(at)
    require(permissions.can_review_solicitation(by, solicitation, on))
    solicitation.require_version(seen_version)
    route = open_route_of(solicitation.subject)
    if route is None:
        message = "Nothing is decided any more: the review is closed."
        raise RouteClosed(message)
    progress = record_decision(
        route_id=route.pk,
        verdict=verdict,
        comment=comment,
        seen_version=seen_version,
        content_sha256=solicitation.content_sha256,
        remarks=remarks,
        by=by,
        at=at,
    )
    if progress.returned:
        solicitation.move_to(SolicitationState.DRAFT)
    elif progress.complete:
        solicitation.move_to(SolicitationState.APPROVED)
    record_event(
        events.SOLICITATION_REVIEWED,
        subject=solicitation.subject,
        by=by,
        at=at,
        data={
            "version": solicitation.version,
            "content_sha256": solicitation.content_sha256,
            "verdict": str(verdict),
            "state": solicitation.state,
            "steps_left": progress.steps_left,
        },
    )
    return solicitation

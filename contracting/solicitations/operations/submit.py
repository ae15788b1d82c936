"""The contracting office sends the package into review."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.approvals.operations.open import open_route
from contracting.approvals.states import RouteState
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.core.quantities import Dollars
from contracting.solicitations import events, permissions
from contracting.solicitations.models import Solicitation
from contracting.solicitations.queries import changes_since
from contracting.solicitations.states import SolicitationState


@transaction.atomic
def submit_solicitation(
    *, solicitation_id: int, by: Actor, at: datetime, seen_version: int
) -> Solicitation:
    """Send exactly this version into review, along the route that the policy gives.

    Nobody who wrote any part of it, nor who submits it, may decide on it (R-ROL-09).
    What is still missing for publication does not stop a review; it stops the release.
    What reviewers decided on a version before, and no change since has touched, is
    carried; where that is all, the package is approved at once (R-ROL-08).

    :raises NotAllowed: if ``by`` is not of the contracting office, or it is no draft
    :raises Stale: if the package has changed since it was read
    :raises NoPolicy: if the agency has no policy for a solicitation of this value
    """
    solicitation = Solicitation.objects.locked().get(pk=solicitation_id)
    require(permissions.can_submit_solicitation(by, solicitation))
    solicitation.require_version(seen_version)
    writers = {*solicitation.editor_user_ids, by.user_id}
    solicitation.move_to(SolicitationState.IN_REVIEW)
    route = open_route(
        subject=solicitation.subject,
        agency_id=solicitation.agency_id,
        kind="solicitation",
        title=f"Solicitation: {solicitation.title}"[:200],
        url_path=f"{solicitation.path}/review",
        value=Dollars(solicitation.whole_dollars),
        risk="",
        version=solicitation.version,
        content_sha256=solicitation.content_sha256,
        excluded_user_ids=sorted(user for user in writers if user is not None),
        changes_since=lambda version: [
            change["term"] for change in changes_since(solicitation, version)
        ],
        by=by,
        at=at,
    )
    if route.state == RouteState.COMPLETE:
        solicitation.move_to(SolicitationState.APPROVED)
    record_event(
        events.SOLICITATION_SUBMITTED,
        subject=solicitation.subject,
        by=by,
        at=at,
        data={
            "version": solicitation.version,
            "content_sha256": solicitation.content_sha256,
            "route": route.public_id,
        },
    )
    return solicitation

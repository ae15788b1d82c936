"""Decide on a conflict of interest that a member of the panel declared."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.evaluations import calculations, events, permissions, queries
from contracting.evaluations.models import ConflictResolution, PanelMember
from contracting.evaluations.refusals import ConflictUnexplained, NothingToResolve
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.solicitations.models import Solicitation


@transaction.atomic
def resolve_conflict(
    *, panel_member_id: int, is_admitted: bool, reason: str, by: Actor, at: datetime
) -> ConflictResolution:
    """Admit the member to the offers all the same, or exclude them (FAR 9.504, 9.505).

    :raises NotAllowed: unless ``by`` is a contracting officer of the agency, of no
        vendor, and somebody else (R-ROL-06)
    :raises NothingToResolve: if no conflict waits for a decision
    :raises ConflictUnexplained: without a reason (R-ROL-06)
    """
    found = PanelMember.objects.get(pk=panel_member_id)
    solicitation = Solicitation.objects.locked().get(pk=found.solicitation_id)
    member = PanelMember.objects.select_related("membership").get(pk=panel_member_id)
    require(permissions.can_resolve_conflict(by, member))
    declaration = queries.conflict_of(member)
    if declaration is None:
        message = "No conflict of interest of this member waits for a decision."
        raise NothingToResolve(message)
    if not calculations.has_words(reason):
        message = "Say why, so that the file shows how the conflict was dealt with."
        raise ConflictUnexplained(message)
    resolution = ConflictResolution.objects.create(
        declaration=declaration,
        is_admitted=is_admitted,
        reason=reason.strip(),
        resolved_by_id=by.own_membership_id,
        resolved_at=at,
    )
    post_notice(
        recipients=[
            Recipient(solicitation.agency_id, user_id=member.membership.user_id)
        ],
        subject=solicitation.subject,
        title=f"Your conflict of interest on {solicitation.piid} was decided on",
        body="You may read the offers." if is_admitted else "You read no offer.",
        url_path=f"/solicitations/{solicitation.public_id}/panel",
        by=by,
        at=at,
    )
    record_event(
        events.CONFLICT_RESOLVED,
        subject=solicitation.subject,
        by=by,
        at=at,
        data={
            "membership": member.membership.public_id,
            "is_admitted": is_admitted,
            "reason": resolution.reason,
        },
    )
    return resolution

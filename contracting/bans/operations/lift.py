"""Lift a ban."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import Organization
from accounts.states import Role
from contracting.audit.operations.record import record_event
from contracting.bans import events, permissions
from contracting.bans.models import Ban, BanLift
from contracting.bans.refusals import AlreadyLifted, BanIncomplete
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.notices.operations.post_notice import Recipient, post_notice


@transaction.atomic
def lift_ban(*, ban_id: int, reason: str, by: Actor, at: datetime) -> BanLift:
    """End a ban by a second record; what was refused meanwhile stays refused.

    :raises NotAllowed: unless ``by`` is a contracting officer or an administrator of
        the agency, or if it is lifted
    :raises BanIncomplete: without a reason
    """
    agency_id = Ban.objects.values_list("agency_id", flat=True).get(pk=ban_id)
    agency: Organization = Organization.objects.locked().get(pk=agency_id)
    ban = Ban.objects.select_related("vendor", "model").get(pk=ban_id)
    if BanLift.objects.filter(ban=ban).exists():
        message = f"The ban on {ban.target} was lifted already."
        raise AlreadyLifted(message)
    require(permissions.can_lift_ban(by, ban))
    if not reason.strip():
        message = "Say why the ban no longer holds."
        raise BanIncomplete(message, pointer="/reason")
    lift = BanLift.objects.create(
        ban=ban,
        reason=reason.strip(),
        lifted_by_id=by.own_membership_id,
        lifted_at=at,
    )
    post_notice(
        recipients=[
            Recipient(organization_id=agency.pk, role=Role.CONTRACTING_OFFICER),
            Recipient(organization_id=agency.pk, role=Role.COR),
        ],
        subject=ban.subject,
        title=f"No longer banned: {ban.kind} {ban.target}",
        body=f"It may be bought again. {lift.reason}",
        url_path=ban.path,
        by=by,
        at=at,
    )
    record_event(
        events.BAN_LIFTED,
        subject=ban.subject,
        by=by,
        at=at,
        data={"rule": "R-AI-01", "target": ban.target, "reason": lift.reason},
    )
    return lift

"""Take a role from a person, at once."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts import events, permissions, queries
from accounts.models import Membership
from accounts.refusals import AlreadyRevoked
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require


@transaction.atomic
def revoke_membership(
    *, membership_id: int, reason: str, by: Actor, at: datetime
) -> Membership:
    """End a role; the person's next request no longer has it, and the row stays.

    :raises NotAllowed: if ``by`` does not administer the organization, or is the person
    :raises AlreadyRevoked: if it has ended before
    """
    membership: Membership = Membership.objects.locked().get(pk=membership_id)
    require(permissions.can_revoke_membership(by, membership))
    if not membership.is_active:
        message = "This role has been taken away before."
        raise AlreadyRevoked(message)
    membership.is_active = False
    membership.save(update_fields=["is_active"])
    record_event(
        events.MEMBERSHIP_REVOKED,
        subject=queries.subject_of(membership, membership.organization_id),
        by=by,
        at=at,
        data={"user": membership.user_id, "role": membership.role, "reason": reason},
    )
    return membership

"""A person chooses the one role in which they act from now on."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts import events, permissions, queries
from accounts.models import Membership
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require


@transaction.atomic
def choose_membership(*, membership_id: int, by: Actor, at: datetime) -> Membership:
    """Check that the role is the person's own, and record that they act in it.

    The door keeps the choice in the session; it is checked anew at every request.

    :raises NotAllowed: if the role belongs to somebody else or has ended
    """
    membership: Membership = (
        Membership.objects.locked()
        .select_related("user", "organization")
        .get(pk=membership_id)
    )
    require(permissions.can_choose_membership(by, membership))
    record_event(
        events.MEMBERSHIP_CHOSEN,
        subject=queries.subject_of(membership, membership.organization_id),
        by=queries.actor_of(membership),
        at=at,
        data={"role": membership.role, "previous_membership": by.membership_id},
    )
    return membership

"""Take back a delegation of reviews before its last day."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts import events, permissions, queries
from accounts.models import Delegation
from accounts.refusals import DelegationEnded
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require


@transaction.atomic
def revoke_delegation(*, delegation_id: int, by: Actor, at: datetime) -> Delegation:
    """End a delegation now; what was decided under it stays decided (R-ROL-10).

    :raises NotAllowed: if ``by`` neither gave it nor administers the agency
    :raises DelegationEnded: if it has been revoked before
    """
    delegation: Delegation = (
        Delegation.objects.locked().select_related("delegator").get(pk=delegation_id)
    )
    require(permissions.can_revoke_delegation(by, delegation))
    if delegation.revoked_at is not None:
        message = "This delegation has been revoked before."
        raise DelegationEnded(message, revoked_at=delegation.revoked_at)
    delegation.revoked_at = at
    delegation.save(update_fields=["revoked_at"])
    record_event(
        events.DELEGATION_REVOKED,
        subject=queries.subject_of(delegation, delegation.delegator.organization_id),
        by=by,
        at=at,
        data={
            "delegator": delegation.delegator_id,
            "delegate": delegation.delegate_id,
        },
    )
    return delegation

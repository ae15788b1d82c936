"""End a contracting officer's appointment."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts import events, permissions, queries
from accounts.models import Warrant
from accounts.refusals import AlreadyRevoked
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require


@transaction.atomic
def revoke_warrant(*, warrant_id: int, reason: str, by: Actor, at: datetime) -> Warrant:
    """Revoke a warrant from the agency's present day on. FAR 1.603-4.

    :raises NotAllowed: if ``by`` does not administer the agency
    :raises AlreadyRevoked: if it has been revoked before
    """
    warrant: Warrant = (
        Warrant.objects.locked()
        .select_related("membership__organization")
        .get(pk=warrant_id)
    )
    require(permissions.can_revoke_warrant(by, warrant))
    if warrant.revoked_on is not None:
        message = f"This warrant was revoked on {warrant.revoked_on}."
        raise AlreadyRevoked(message, revoked_on=warrant.revoked_on)
    agency = warrant.membership.organization
    warrant.revoked_on = agency.local_day(at)
    warrant.save(update_fields=["revoked_on"])
    record_event(
        events.WARRANT_REVOKED,
        subject=queries.subject_of(warrant, agency.pk),
        by=by,
        at=at,
        data={
            "number": warrant.number,
            "revoked_on": warrant.revoked_on,
            "reason": reason,
        },
    )
    return warrant

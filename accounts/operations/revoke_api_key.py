"""Revoke a machine's key, at once."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts import events, permissions, queries
from accounts.models import ApiKey
from accounts.refusals import AlreadyRevoked
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require


@transaction.atomic
def revoke_api_key(*, api_key_id: int, by: Actor, at: datetime) -> ApiKey:
    """Revoke a key; its next request is refused.

    :raises NotAllowed: if ``by`` does not administer the organization
    :raises AlreadyRevoked: if it has been revoked before
    """
    key: ApiKey = ApiKey.objects.locked().get(pk=api_key_id)
    require(permissions.can_revoke_api_key(by, key))
    if key.revoked_at is not None:
        message = "This key has been revoked before."
        raise AlreadyRevoked(message, revoked_at=key.revoked_at)
    key.revoked_at = at
    key.save(update_fields=["revoked_at"])
    record_event(
        events.API_KEY_REVOKED,
        subject=queries.subject_of(key, key.organization_id),
        by=by,
        at=at,
        data={"label": key.label},
    )
    return key

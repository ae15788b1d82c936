"""Replace a machine's key by another; both work until the machine has the new one."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from accounts import events, permissions, queries
from accounts.models import ApiKey
from accounts.operations.issue_api_key import IssuedKey, _issue, refuse_wrong_expiry
from accounts.refusals import AlreadyRotated, KeyEnded, WrongPeriod
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require

LONGEST_OVERLAP: Final = timedelta(days=7)


@transaction.atomic
def rotate_api_key(
    *,
    api_key_id: int,
    overlap: timedelta,
    expires_at: datetime,
    by: Actor,
    at: datetime,
) -> IssuedKey:
    """Issue a key that may do the same from the same networks; the old one ends.

    :param overlap: for how long the old key works yet, zero to seven days; never longer
        than it would have without this
    :param expires_at: of the new key
    :returns: the new key and, this once, its text
    :raises NotAllowed: if ``by`` does not administer the organization
    :raises KeyEnded: if the key is revoked or has expired: issue another instead
    :raises AlreadyRotated: if a key was issued in its place before
    :raises WrongPeriod: for another overlap, or an expiry beyond a year
    """
    old: ApiKey = ApiKey.objects.locked().get(pk=api_key_id)
    require(permissions.can_rotate_api_key(by, old))
    _refuse_what_is_over(old, at)
    if not timedelta() <= overlap <= LONGEST_OVERLAP:
        message = "The old key works for zero to seven days yet."
        raise WrongPeriod(message, overlap=str(overlap))
    refuse_wrong_expiry(expires_at, at)
    old.expires_at = min(old.expires_at, at + overlap)
    old.save(update_fields=["expires_at"])
    new = ApiKey(
        organization_id=old.organization_id,
        label=old.label,
        scopes=old.scopes,
        sources=old.sources,
        networks=old.networks,
        replaces=old,
        expires_at=expires_at,
    )
    issued = _issue(new, by, at)
    record_event(
        events.API_KEY_ROTATED,
        subject=queries.subject_of(old, old.organization_id),
        by=by,
        at=at,
        data={
            "label": old.label,
            "works_until": old.expires_at,
            "replaced_by": issued.key.public_id,
            "expires_at": expires_at,
        },
    )
    return issued


def _refuse_what_is_over(key: ApiKey, at: datetime) -> None:
    if ApiKey.objects.filter(replaces=key).exists():
        message = "A key was issued in place of this one before. Rotate that one."
        raise AlreadyRotated(message)
    if not key.is_in_force(at):
        message = "This key no longer works, so nothing hands over. Issue another one."
        raise KeyEnded(message, expires_at=key.expires_at)

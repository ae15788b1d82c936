"""A vendor's key signs no more reports."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.billing import events, permissions
from contracting.billing.models import SigningKey
from contracting.billing.refusals import SigningKeyRefused
from contracting.core.actors import Actor
from contracting.core.permissions import require


@transaction.atomic
def revoke_signing_key(*, key_id: int, by: Actor, at: datetime) -> SigningKey:
    """Take a key out of force; what it signed before stays signed.

    :raises NotAllowed: if ``by`` is neither signer nor administrator of the vendor
    :raises SigningKeyRefused: if it is revoked already
    """
    key = SigningKey.objects.select_for_update().get(pk=key_id)
    require(permissions.can_register_signing_key(by, key.vendor_id))
    if key.revoked_at is not None:
        message = "This key is revoked already."
        raise SigningKeyRefused(message)
    SigningKey.objects.filter(pk=key.pk).update(revoked_at=at)
    key.revoked_at = at
    record_event(
        events.SIGNING_KEY_REVOKED,
        subject=key.subject,
        by=by,
        at=at,
        data={"label": key.label, "public_key": key.public_key},
    )
    return key

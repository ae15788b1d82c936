"""A vendor registers the public key with which it signs its reports."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import Organization
from contracting.audit.operations.record import record_event
from contracting.billing import events, permissions
from contracting.billing.calculations.signing import public_key_of
from contracting.billing.models import SigningKey
from contracting.billing.refusals import SigningKeyRefused
from contracting.core.actors import Actor
from contracting.core.permissions import require

MOST_KEYS = 20


@transaction.atomic
def register_signing_key(
    *, vendor_id: int, label: str, public_key: str, by: Actor, at: datetime
) -> SigningKey:
    """Register an Ed25519 public key; the private half never leaves the vendor.

    :param public_key: 32 bytes in hexadecimal
    :raises NotAllowed: if ``by`` is neither signer nor administrator of the vendor
    :raises SigningKeyRefused: if it is no such key, is registered already, or the
        vendor has too many
    """
    vendor = Organization.objects.locked().get(pk=vendor_id)
    require(permissions.can_register_signing_key(by, vendor.pk))
    key, label = public_key_of(public_key), label.strip()
    if key is None or not label or len(label) > 80:
        message = "Give the key a name, and its 32 bytes as 64 hexadecimal digits."
        raise SigningKeyRefused(message)
    if SigningKey.objects.filter(public_key=key).exists():
        message = "This key is registered already. A key signs for one organization."
        raise SigningKeyRefused(message)
    in_force = SigningKey.objects.filter(vendor=vendor_id, revoked_at__isnull=True)
    if in_force.count() >= MOST_KEYS:
        message = f"At most {MOST_KEYS} keys are in force at once. Revoke one."
        raise SigningKeyRefused(message)
    made = SigningKey.objects.create(
        vendor_id=vendor_id,
        label=label,
        public_key=key,
        registered_by=by.name,
        registered_at=at,
    )
    record_event(
        events.SIGNING_KEY_REGISTERED,
        subject=made.subject,
        by=by,
        at=at,
        data={"label": label, "public_key": key},
    )
    return made

"""Hold the offer key of one's vendor, under a passphrase of one's own."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction

from accounts.models import Organization, User
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.submissions import events, permissions
from contracting.submissions.models import HolderKey
from contracting.submissions.operations.enrol import require_fit, require_locked
from contracting.submissions.operations.make_offer_key import make_offer_key
from contracting.submissions.refusals import KeyUnfit
from contracting.submissions.sealing import keys
from contracting.submissions.sealing.holders import (
    MadeOfferKey,
    holder_key_of,
    offer_key_of,
)
from contracting.submissions.sealing.keys import LockedKey
from contracting.submissions.states import SealingMode


@transaction.atomic
def hold_offer_key(
    *,
    passphrase: str = "",
    locked: LockedKey | None = None,
    made: MadeOfferKey | None = None,
    by: Actor,
    at: datetime,
) -> HolderKey:
    """Choose a passphrase for reading the vendor's sealed offers again.

    Where nobody else holds the offer key, one is made and held at once; where somebody
    does, they have to share it. A new passphrase is a new key: whatever was shared with
    the old one has to be shared again, and if nobody else holds it, is lost.

    :param locked: the person's own pair as a browser has made and locked it
    :param made: the offer key as a browser has made it, for the case that there is none
    :raises NotAllowed: unless ``by`` is a member or signer of a vendor
    :raises PassphraseUnfit: if it is short, of few characters, or the login's password
    :raises KeyUnfit: if what was locked or made is no key, or locked too weakly
    """
    vendor = Organization.objects.locked().get(pk=by.own_organization_id)
    require(permissions.can_hold_offer_key(by))
    mode = SealingMode.SERVER if locked is None else SealingMode.CLIENT
    if locked is None:
        require_fit(passphrase, User.objects.get(pk=by.own_user_id))
        locked = keys.lock(
            keys.new_pair(), passphrase, iterations=settings.OPENER_KEY_ITERATIONS
        )
    require_locked(locked)
    if HolderKey.objects.filter(public_key=locked.public).exists():
        message = "This key is known already. Load the page again for a new one."
        raise KeyUnfit(message)
    old = holder_key_of(by)
    if old is not None:
        old.retired_at = at
        old.save(update_fields=["retired_at"])
    held = HolderKey.objects.create(
        user_id=by.own_user_id,
        organization=vendor,
        public_key=locked.public,
        wrapped_private_key=locked.wrapped,
        salt=locked.salt,
        iterations=locked.iterations,
        chosen_by_id=by.own_membership_id,
        chosen_at=at,
    )
    if offer_key_of(vendor.pk) is None:
        make_offer_key(
            organization_id=vendor.pk,
            holder_ids=[held.pk],
            made=made if mode == SealingMode.CLIENT else None,
            by=by,
            at=at,
        )
    record_event(
        events.OFFER_KEY_HELD,
        subject=held.subject,
        by=by,
        at=at,
        data={
            "fingerprint": held.fingerprint,
            "iterations": held.iterations,
            "mode": mode,
            "retires": None if old is None else old.fingerprint,
        },
    )
    return held

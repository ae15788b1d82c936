"""Replace the offer key, and take people off it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accounts.models import Organization
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.submissions import events, permissions
from contracting.submissions.models import HolderKey, OfferKey
from contracting.submissions.operations.make_offer_key import make_offer_key
from contracting.submissions.refusals import HolderUnfit
from contracting.submissions.sealing.holders import (
    MadeOfferKey,
    copies_of_others,
    holders_of,
    offer_key_of,
)


@transaction.atomic
def rotate_offer_key(
    *,
    leaving: Sequence[str] = (),
    made: MadeOfferKey | None = None,
    by: Actor,
    at: datetime,
) -> OfferKey:
    """Make a new offer key for those who stay; later versions are sealed to it.

    Those who stay read earlier versions with the keys they have. Who leaves loses
    every copy that is kept here: what they have read, or kept of a key, they have.

    :param leaving: public ids of the keys of those who hold it no longer
    :param made: the new key as a browser has made it for those who stay
    :raises NotAllowed: unless ``by`` holds the offer key
    :raises HolderUnfit: if somebody named does not hold it, or is who asks
    :raises KeyUnfit: if what a browser has made is no key for these holders
    """
    vendor = Organization.objects.locked().get(pk=by.own_organization_id)
    require(permissions.can_rotate_offer_key(by))
    staying = _staying(by, offer_key_of(vendor.pk), leaving)
    key = make_offer_key(
        organization_id=vendor.pk,
        holder_ids=[holder.pk for holder in staying],
        made=made,
        by=by,
        at=at,
    )
    taken, _of_each = copies_of_others(vendor.pk, staying).delete()
    record_event(
        events.OFFER_KEY_ROTATED,
        subject=key.subject,
        by=by,
        at=at,
        data={"left": sorted(leaving), "copies_deleted": taken},
    )
    return key


def _staying(
    by: Actor, key: OfferKey | None, leaving: Sequence[str]
) -> list[HolderKey]:
    holders = [] if key is None else holders_of(key)
    known = {holder.public_id: holder for holder in holders}
    if not set(leaving) <= set(known):
        message = (
            "Somebody whom you take off does not hold the offer key any more. Load "
            "the page again."
        )
        raise HolderUnfit(message)
    staying = [each for each in holders if each.public_id not in leaving]
    if by.user_id not in [each.user_id for each in staying]:
        message = "Somebody else who holds the offer key takes you off it."
        raise HolderUnfit(message)
    return staying

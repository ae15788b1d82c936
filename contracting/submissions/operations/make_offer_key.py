"""Make the offer key of a vendor, for the people who hold it from now on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accounts.models import Organization
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.submissions import events, permissions
from contracting.submissions.models import HolderKey, OfferKey, OfferKeyCopy
from contracting.submissions.refusals import KeyUnfit
from contracting.submissions.sealing import keys
from contracting.submissions.sealing.holders import (
    MadeOfferKey,
    copy_for,
    is_wrapped,
)
from contracting.submissions.states import SealingMode


@transaction.atomic
def make_offer_key(
    *,
    organization_id: int,
    holder_ids: Sequence[int],
    made: MadeOfferKey | None = None,
    by: Actor,
    at: datetime,
) -> OfferKey:
    """Make a key pair, and give its private half to each holder under their own key.

    A step of holding and of rotating. Here or in a browser, the private half is
    forgotten at once.

    :param holder_ids: primary keys of the keys of those who hold it
    :param made: the pair as a browser has made it
    :raises NotAllowed: unless ``by`` is a member or signer of this vendor
    :raises KeyUnfit: if what a browser has made is no key for these holders
    """
    vendor = Organization.objects.locked().get(pk=organization_id)
    require(permissions.can_make_offer_key(by, vendor.pk))
    holders = list(HolderKey.objects.filter(pk__in=holder_ids).order_by("pk"))
    mode = SealingMode.SERVER if made is None else SealingMode.CLIENT
    if made is None:
        made = _made_for(holders)
    _require_fit(made, holders)
    key = OfferKey.objects.create(
        organization=vendor,
        public_key=made.public,
        mode=mode,
        made_by_id=by.own_membership_id,
        made_at=at,
    )
    for holder in holders:
        OfferKeyCopy.objects.create(
            offer_key=key,
            holder_key=holder,
            wrapped=made.copies[holder.fingerprint],
            given_by_id=by.own_membership_id,
        )
    record_event(
        events.OFFER_KEY_MADE,
        subject=key.subject,
        by=by,
        at=at,
        data={
            "offer_key": key.fingerprint,
            "mode": key.mode,
            "holders": [holder.fingerprint for holder in holders],
        },
    )
    return key


def _made_for(holders: Sequence[HolderKey]) -> MadeOfferKey:
    pair = keys.new_pair()
    return MadeOfferKey(
        pair.public,
        {
            holder.fingerprint: copy_for(
                holder, public=pair.public, private=pair.private
            )
            for holder in holders
        },
    )


def _require_fit(made: MadeOfferKey, holders: Sequence[HolderKey]) -> None:
    is_key = keys.is_point(made.public)
    is_new = not OfferKey.objects.filter(public_key=made.public).exists()
    is_for_them = set(made.copies) == {holder.fingerprint for holder in holders}
    if not (is_key and is_new and is_for_them):
        message = (
            "What your browser has made is no offer key for the people who hold it "
            "now: somebody has come or gone since the page was loaded. Nothing was "
            "kept. Load the page again."
        )
        raise KeyUnfit(message)
    if not all(map(is_wrapped, made.copies.values())):
        message = "One of the copies is not encrypted to a key. Load the page again."
        raise KeyUnfit(message)

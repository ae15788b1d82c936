"""Share the offer key with a colleague."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from accounts.models import Organization
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.submissions import events, permissions
from contracting.submissions.models import HolderKey, OfferKeyCopy
from contracting.submissions.refusals import HolderUnfit, KeyUnfit
from contracting.submissions.sealing.holders import (
    copies_of,
    copy_for,
    holder_key_of,
    is_wrapped,
    offer_key_of,
    opened_by,
    waiting_holders,
)


@transaction.atomic
def share_offer_key(
    *,
    holder: str,
    passphrase: str = "",
    copies: Mapping[str, bytes] | None = None,
    by: Actor,
    at: datetime,
) -> HolderKey:
    """Encrypt every offer key that one holds to the key of a colleague too.

    They read whatever is sealed to it from then on, and what was sealed before.

    :param holder: public id of the colleague's own key
    :param copies: what a browser has encrypted to it, by public id of each offer key,
        in place of a passphrase
    :raises NotAllowed: unless ``by`` holds the offer key
    :raises HolderUnfit: unless the colleague has a passphrase and waits for the key
    :raises WrongPassphrase: with another passphrase than ``by`` has chosen
    :raises KeyUnfit: if a browser has encrypted something else
    """
    vendor = Organization.objects.locked().get(pk=by.own_organization_id)
    require(permissions.can_share_offer_key(by))
    colleague = _waiting(vendor.pk, holder)
    own = holder_key_of(by)
    held = copies_of(own)
    if copies is None:
        private = opened_by(own, passphrase)
        copies = {
            copy.offer_key.public_id: copy_for(
                colleague,
                public=bytes(copy.offer_key.public_key),
                private=copy.private_half(private),
            )
            for copy in held
        }
    named = {copy.offer_key.public_id: copy.offer_key for copy in held}
    if set(copies) != set(named) or not all(map(is_wrapped, copies.values())):
        message = (
            "What your browser has sent are not the offer keys that you hold. Nothing "
            "was shared. Load the page again."
        )
        raise KeyUnfit(message)
    for public_id, wrapped in copies.items():
        OfferKeyCopy.objects.create(
            offer_key=named[public_id],
            holder_key=colleague,
            wrapped=wrapped,
            given_by_id=by.own_membership_id,
        )
    post_notice(
        recipients=[Recipient(user_id=colleague.user_id)],
        subject=colleague.subject,
        title="You hold the offer key of your organization",
        body=f"{by.name} has shared it with you. Your passphrase opens it.",
        url_path="/offer_key",
        by=by,
        at=at,
    )
    record_event(
        events.OFFER_KEY_SHARED,
        subject=colleague.subject,
        by=by,
        at=at,
        data={
            "holder": colleague.fingerprint,
            "offer_keys": sorted(key.fingerprint for key in named.values()),
        },
    )
    return colleague


def _waiting(organization_id: int, public_id: str) -> HolderKey:
    key = offer_key_of(organization_id)
    waiting = {} if key is None else {h.public_id: h for h in waiting_holders(key)}
    if public_id not in waiting:
        message = (
            "This colleague does not wait for the offer key: they hold it already, "
            "have chosen another passphrase since, or have left. Load the page again."
        )
        raise HolderUnfit(message)
    return waiting[public_id]

"""Make a box: a key pair of which only shares are left."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accounts.models import Membership
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.models import new_public_id
from contracting.core.permissions import require
from contracting.solicitations.models import Amendment, Solicitation
from contracting.submissions import events, permissions
from contracting.submissions.models import Box, BoxShare, OpenerKey
from contracting.submissions.refusals import BoxUnfit
from contracting.submissions.sealing.boxes import MadeBox, MadeShare
from contracting.submissions.sealing.keys import encrypt_to, new_pair
from contracting.submissions.sealing.shares import (
    Share,
    commitment,
    share_binding,
    split,
)
from contracting.submissions.states import SealingMode


@transaction.atomic
def make_box(
    *,
    solicitation_id: int,
    purpose: str,
    needed: int,
    openers: Sequence[tuple[OpenerKey, Membership]],
    by: Actor,
    at: datetime,
    made: MadeBox | None = None,
    amendment: Amendment | None = None,
) -> Box:
    """Make a key pair, give each opener a share, and forget the private half.

    A browser makes both itself: then the private half was never here, and only the
    outside of the shares can be checked.

    The fingerprint of the public half and a commitment to every share are recorded in
    the stream of the solicitation: neither can be exchanged later without a trace.

    :param purpose: ``REHEARSAL`` or ``OFFERS``
    :param needed: k, how many of the openers open it together
    :param made: the box as a browser has made it, or :func:`cut_box`
    :param amendment: with which it replaces the box before
    :raises BoxUnfit: if that is no box for these openers
    :raises NotAllowed: unless ``by`` may name the openers or release the package
    """
    solicitation = Solicitation.objects.locked().get(pk=solicitation_id)
    require(permissions.can_make_box(by, solicitation))
    if made is None:
        made = cut_box(needed, [key for key, _membership in openers])
    wrong = made.wrong([key.fingerprint for key, _membership in openers])
    if wrong or Box.objects.filter(public_id=made.public_id).exists():
        message = (
            f"What your browser has made is no box for these openers: "
            f"{wrong or 'it exists already'}. Load the page again, and name them again."
        )
        raise BoxUnfit(message)
    box = Box.objects.create(
        public_id=made.public_id,
        mode=made.mode,
        solicitation=solicitation,
        purpose=purpose,
        needed=needed,
        people=len(openers),
        public_key=made.public_key,
        made_by_id=by.membership_id,
        made_at=at,
        amendment=amendment,
    )
    named = zip(made.shares, openers, strict=True)
    shares = [
        BoxShare.objects.create(
            box=box,
            position=position,
            opener_key=key,
            user_id=key.user_id,
            membership=membership,
            commitment=share.commitment,
            sealed_share=share.sealed,
        )
        for position, (share, (key, membership)) in enumerate(named, start=1)
    ]
    record_event(
        events.BOX_MADE,
        subject=solicitation.subject,
        by=by,
        at=at,
        data={
            "box": box.public_id,
            "purpose": box.purpose,
            "mode": box.mode,
            "needed": box.needed,
            "people": box.people,
            "fingerprint": box.fingerprint,
            "amendment": amendment and amendment.number,
            "commitments": [share.commitment for share in shares],
            "openers": [share.membership.public_id for share in shares],
        },
    )
    return box


def cut_box(needed: int, keys: Sequence[OpenerKey]) -> MadeBox:
    """A box made here, its private half cut and forgotten, in memory."""
    pair, public_id = new_pair(), new_public_id(Box.PREFIX)
    cut = split(pair.private, needed=needed, people=len(keys))
    return MadeBox(
        public_id=public_id,
        public_key=pair.public,
        shares=[
            _share(public_id, share, key) for share, key in zip(cut, keys, strict=True)
        ],
        mode=SealingMode.SERVER,
    )


def _share(box: str, share: Share, key: OpenerKey) -> MadeShare:
    place = share_binding(box, share.position)
    return MadeShare(
        opener=key.fingerprint,
        sealed=encrypt_to(bytes(key.public_key), share.value, binding=place),
        commitment=commitment(share, box=box),
    )

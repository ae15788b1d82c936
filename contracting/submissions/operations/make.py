"""Make a box: a key pair of which only shares are left."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accounts.models import Membership
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.solicitations.models import Solicitation
from contracting.submissions import events, permissions
from contracting.submissions.models import Box, BoxShare, OpenerKey
from contracting.submissions.sealing.keys import encrypt_to, new_pair
from contracting.submissions.sealing.shares import Share, commitment, split


@transaction.atomic
def make_box(
    *,
    solicitation_id: int,
    purpose: str,
    needed: int,
    openers: Sequence[tuple[OpenerKey, Membership]],
    by: Actor,
    at: datetime,
) -> Box:
    """Make a key pair, give each opener a share, and forget the private half.

    The fingerprint of the public half and a commitment to every share are recorded in
    the stream of the solicitation: neither can be exchanged later without a trace.

    :param purpose: ``REHEARSAL`` or ``OFFERS``
    :param needed: k, how many of the openers open it together
    :raises NotAllowed: unless ``by`` may name the openers or release the package
    """
    solicitation = Solicitation.objects.locked().get(pk=solicitation_id)
    require(permissions.can_make_box(by, solicitation))
    pair = new_pair()
    box = Box.objects.create(
        solicitation=solicitation,
        purpose=purpose,
        needed=needed,
        people=len(openers),
        public_key=pair.public,
        made_by_id=by.membership_id,
        made_at=at,
    )
    cut = split(pair.private, needed=needed, people=len(openers))
    shares = [
        _share(box, share, key, membership)
        for share, (key, membership) in zip(cut, openers, strict=True)
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
            "commitments": [share.commitment for share in shares],
            "openers": [share.membership.public_id for share in shares],
        },
    )
    return box


def _share(box: Box, share: Share, key: OpenerKey, membership: Membership) -> BoxShare:
    row = BoxShare(
        box=box,
        position=share.position,
        opener_key=key,
        user_id=key.user_id,
        membership=membership,
        commitment=commitment(share, box=box.public_id),
    )
    row.sealed_share = encrypt_to(
        bytes(key.public_key), share.value, binding=row.binding
    )
    row.save()
    return row

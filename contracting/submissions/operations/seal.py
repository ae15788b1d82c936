"""Make the box for the offers, with the openers who have rehearsed."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.solicitations.models import Amendment, Solicitation
from contracting.submissions import events, permissions
from contracting.submissions.models import Box
from contracting.submissions.operations.make import make_box
from contracting.submissions.queries import rehearsal_of
from contracting.submissions.sealing.boxes import MadeBox, made_box
from contracting.submissions.sealing.openers import shares_of
from contracting.submissions.states import BoxPurpose


@transaction.atomic
def seal_box(
    *,
    solicitation_id: int,
    by: Actor,
    at: datetime,
    made: MadeBox | None = None,
    amendment: Amendment | None = None,
) -> Box:
    """Make the box that offers are sealed to: a step of the release.

    Its openers are those of the last rehearsal, with the keys they rehearsed with; the
    box is new, so that nothing of the rehearsal opens it. Where a browser has made it
    with that of the rehearsal, it is the one that waits. It is a step of replacing the
    openers too.

    :param made: the box of an amendment, whose fingerprint that amendment tells
    :param amendment: with which it replaces the box before
    :raises NotAllowed: until as many openers as it takes have rehearsed (R-SOL-02)
    """
    solicitation = Solicitation.objects.locked().get(pk=solicitation_id)
    require(permissions.has_rehearsed_box(solicitation))
    rehearsal = rehearsal_of(solicitation)
    if rehearsal is None:
        message = f"solicitation {solicitation.pk} has no rehearsal box"
        raise RuntimeError(message)
    box = make_box(
        solicitation_id=solicitation.pk,
        purpose=BoxPurpose.OFFERS,
        needed=rehearsal.needed,
        openers=[
            (share.opener_key, share.membership) for share in shares_of(rehearsal)
        ],
        by=by,
        at=at,
        made=made or waiting_box(rehearsal),
        amendment=amendment,
    )
    record_event(
        events.BOX_SEALED,
        subject=solicitation.subject,
        by=by,
        at=at,
        data={
            "box": box.public_id,
            "mode": box.mode,
            "fingerprint": box.fingerprint,
            "commitments": [share.commitment for share in shares_of(box)],
        },
    )
    return box


def waiting_box(rehearsal: Box) -> MadeBox | None:
    """The box for the offers that a browser has made with a rehearsal, if it has."""
    prepared = rehearsal.sample.prepared
    return None if prepared is None else made_box(prepared)

"""Let other people open the offers: an amendment, and with it a new key."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.solicitations.models import Amendment, Solicitation
from contracting.solicitations.operations.amend import amend_solicitation
from contracting.solicitations.publishing.changes import Change
from contracting.submissions import events, permissions, queries
from contracting.submissions.models import Box
from contracting.submissions.operations.make import cut_box
from contracting.submissions.operations.seal import seal_box, waiting_box
from contracting.submissions.refusals import BoxUnfit
from contracting.submissions.sealing.boxes import MadeBox
from contracting.submissions.sealing.keys import fingerprint
from contracting.submissions.sealing.openers import shares_of

RESEAL: Final = (
    "An offer that you have handed in already stays sealed to the former key, and to "
    "those who open it, until you seal it anew: on its page, by one click and your "
    "passphrase for the offer key, which acknowledges this amendment; or by replacing "
    "it. Do so before the deadline."
)


@transaction.atomic
def replace_openers(
    *, solicitation_id: int, reason: str, by: Actor, at: datetime, seen_version: int
) -> Amendment:
    """Put the openers who have rehearsed since the release in place of the former ones.

    It is an amendment as every other, told to every vendor, whether it has offered or
    not. What is handed in from now on is sealed to the new key. What lies sealed stays
    under the former key and its openers until its vendor seals it anew: nobody here can
    do that, and nobody can tell how many such offers there are.

    :param reason: why; it is published as the summary of the amendment
    :raises NotAllowed: unless ``by`` is a contracting officer, it is released, and as
        many of the new openers as it takes have rehearsed
    :raises Stale: if it was amended since it was read
    :raises DeadlineFixed: after the deadline (R-SOL-05)
    :raises TermInvalid: without a reason
    """
    solicitation = Solicitation.objects.locked().get(pk=solicitation_id)
    require(permissions.can_replace_openers(by, solicitation))
    former, rehearsal = queries.box_of(solicitation), queries.box_to_come(solicitation)
    if former is None or rehearsal is None:
        message = "Nobody is named to open the offers in place of others."
        raise BoxUnfit(message)
    made = waiting_box(rehearsal) or _cut(rehearsal)
    amendment = amend_solicitation(
        solicitation_id=solicitation.pk,
        summary=reason,
        beside=[_change(former, rehearsal, made)],
        to_do=RESEAL,
        by=by,
        at=at,
        seen_version=seen_version,
    )
    box = seal_box(
        solicitation_id=solicitation.pk, made=made, amendment=amendment, by=by, at=at
    )
    record_event(
        events.OPENERS_REPLACED,
        subject=solicitation.subject,
        by=by,
        at=at,
        data={
            "amendment": amendment.number,
            "former": former.public_id,
            "box": box.public_id,
            "fingerprint": box.fingerprint,
        },
    )
    return amendment


def _cut(rehearsal: Box) -> MadeBox:
    keys = [share.opener_key for share in shares_of(rehearsal)]
    return cut_box(rehearsal.needed, keys)


def _change(former: Box, rehearsal: Box, made: MadeBox) -> Change:
    return Change(
        "Key that offers are sealed to, and who opens them",
        _words(former.fingerprint, former),
        _words(fingerprint(made.public_key), rehearsal),
    )


def _words(of_key: str, box: Box) -> str:
    return f"SHA-256 fingerprint {of_key}; {box.needed} of {box.people} people together"

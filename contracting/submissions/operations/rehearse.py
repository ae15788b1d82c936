"""Rehearse the opening, before anything depends on it."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.solicitations.models import Solicitation
from contracting.submissions import events, permissions, queries
from contracting.submissions.models import Box, Opening
from contracting.submissions.operations.give import give_share
from contracting.submissions.refusals import SealBroken
from contracting.submissions.sealing import keys
from contracting.submissions.states import OpeningPurpose


@transaction.atomic
def rehearse_opening(
    *,
    solicitation_id: int,
    passphrase: str = "",
    share: bytes = b"",
    by: Actor,
    at: datetime,
) -> Opening:
    """Give a share to the rehearsal; with the last one the rehearsal offer is read.

    It proves that these people, with these passphrases, can open a box: the package is
    not released before.

    :param share: the opened share, in place of the passphrase
    :raises NotAllowed: unless ``by`` is an opener of the last rehearsal box who has not
        rehearsed, and its own box is not put to use
    :raises AlreadyOpened: if as many as it takes have rehearsed
    :raises WrongPassphrase: if the passphrase does not give the opener's key back
    :raises ShareAltered: if a share is not the one that was committed to
    :raises SealBroken: if the rehearsal offer cannot be read
    """
    solicitation = Solicitation.objects.locked().get(pk=solicitation_id)
    require(permissions.can_rehearse_opening(by, solicitation))
    box = queries.box_to_come(solicitation)
    if box is None:
        message = f"solicitation {solicitation.pk} has no rehearsal box"
        raise RuntimeError(message)
    opening, _is_new = Opening.objects.get_or_create(
        box=box,
        purpose=OpeningPurpose.REHEARSAL,
        defaults={"solicitation": solicitation, "begun_at": at},
    )
    private = give_share(
        opening_id=opening.pk, passphrase=passphrase, share=share, by=by, at=at
    )
    opening.refresh_from_db()
    if private is not None:
        _read(box, private)
        record_event(
            events.REHEARSAL_OPENED,
            subject=opening.subject,
            by=by,
            at=at,
            data={"box": box.public_id, "offer_sha256": box.sample.plain_sha256},
        )
    return opening


def _read(box: Box, private: bytes) -> None:
    key = keys.decrypt_from(
        bytes(box.sample.wrapped_key), private=private, binding=box.sample_binding
    )
    words = keys.decrypt(bytes(box.sample.sealed), key=key, binding=box.sample_binding)
    if sha256(words).hexdigest() != box.sample.plain_sha256:
        message = "The rehearsal offer is not the one that was laid into the box."
        raise SealBroken(message, box=box.public_id)

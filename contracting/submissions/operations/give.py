"""Give a share to an opening; the last one that is needed gives the key of the box."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.solicitations.models import Solicitation
from contracting.submissions import events, permissions, queries
from contracting.submissions.models import BoxShare, GivenShare, HeldShare, Opening
from contracting.submissions.refusals import (
    AlreadyOpened,
    KeySwapped,
    SealBroken,
    ShareAltered,
)
from contracting.submissions.sealing import keys
from contracting.submissions.sealing.openers import shares_of
from contracting.submissions.sealing.shares import Share, combine, commitment
from contracting.submissions.states import SealingMode


@transaction.atomic
def give_share(
    *,
    opening_id: int,
    passphrase: str = "",
    share: bytes = b"",
    by: Actor,
    at: datetime,
) -> bytes | None:
    """Unwrap this opener's share in memory, check it, and keep it until the quorum.

    A browser unwraps it itself and gives the share alone: then the passphrase is not
    known here.

    Until then it is kept only encrypted with ``SEALING_KEY``, which is not in the
    database. With the last share the private half is put together in memory and handed
    to the caller, and what was kept is deleted.

    :param share: its 32 bytes, in place of the passphrase
    :returns: the private half of the box with the last share; ``None`` before
    :raises NotAllowed: unless ``by`` holds a share and has not given it (R-SUB-03)
    :raises AlreadyOpened: if the quorum is complete
    :raises WrongPassphrase: if the passphrase does not give the opener's key back
    :raises ShareAltered: if a share is not the one that was committed to
    :raises KeySwapped: if the shares belong to another public key
    """
    found = Opening.objects.get(pk=opening_id)
    Solicitation.objects.locked().get(pk=found.solicitation_id)
    opening = Opening.objects.select_related("box", "solicitation").get(pk=opening_id)
    require(permissions.can_give_share(by, opening))
    if opening.completed_at is not None:
        message = "As many openers as it takes have opened it already."
        raise AlreadyOpened(message)
    row = shares_of(opening.box).get(user_id=by.own_user_id)
    own = _given(row, share) if share else _unsealed(row, passphrase)
    before = list(queries.given_shares(opening).select_related("held"))
    given = GivenShare.objects.create(
        opening=opening,
        position=len(before) + 1,
        share=row,
        user_id=by.own_user_id,
        membership_id=by.own_membership_id,
        given_at=at,
    )
    is_last = given.position == opening.box.needed
    private = _combined(opening, [*map(_held, before), own]) if is_last else None
    if is_last:
        HeldShare.objects.filter(given__opening=opening).delete()
        opening.completed_at = at
        opening.save(update_fields=["completed_at"])
    else:
        _hold(given, own)
    record_event(
        events.SHARE_GIVEN,
        subject=opening.subject,
        by=by,
        at=at,
        data={
            "box": opening.box.public_id,
            "purpose": opening.purpose,
            "mode": SealingMode.CLIENT if share else SealingMode.SERVER,
            "share": row.position,
            "commitment": row.commitment,
            "given": given.position,
            "needed": opening.box.needed,
        },
    )
    return private


def _given(row: BoxShare, value: bytes) -> Share:
    """The share that a browser has unwrapped, if it is the one of this opener."""
    share = Share(row.position, value)
    _require_committed(row, share)
    return share


def _unsealed(row: BoxShare, passphrase: str) -> Share:
    private = keys.unlock(row.opener_key.locked, passphrase)
    try:
        value = keys.decrypt_from(
            bytes(row.sealed_share), private=private, binding=row.binding
        )
    except SealBroken as error:
        raise _altered(row) from error
    share = Share(row.position, value)
    _require_committed(row, share)
    return share


def _require_committed(row: BoxShare, share: Share) -> None:
    if commitment(share, box=row.box.public_id) != row.commitment:
        raise _altered(row)


def _altered(row: BoxShare) -> ShareAltered:
    message = (
        f"Share {row.position}, committed to as {row.commitment[:12]}…, was altered: "
        "it is not the share that was made with the box. Nothing was opened. Tell the "
        "contracting officer; other openers can still open the box without it."
    )
    return ShareAltered(message, share=row.position, commitment=row.commitment)


def _hold(given: GivenShare, share: Share) -> None:
    wrapped = keys.encrypt(
        share.value, key=settings.SEALING_KEY, binding=_binding(given)
    )
    HeldShare.objects.create(given=given, wrapped=wrapped)


def _held(given: GivenShare) -> Share:
    value = keys.decrypt(
        bytes(given.held.wrapped), key=settings.SEALING_KEY, binding=_binding(given)
    )
    share = Share(given.share.position, value)
    _require_committed(given.share, share)
    return share


def _binding(given: GivenShare) -> str:
    return f"drawdown/v1/held-share/{given.opening.public_id}/{given.share.position}"


def _combined(opening: Opening, shares: list[Share]) -> bytes:
    private = combine(shares)
    if keys.public_of(private) != bytes(opening.box.public_key):
        message = (
            "The shares belong to another public key than the one of this box: the key "
            "was exchanged. Nothing was opened."
        )
        raise KeySwapped(message, fingerprint=opening.box.fingerprint)
    return private

"""Begin to send a file to a draft, in pieces."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.models import new_public_id
from contracting.core.permissions import require
from contracting.core.subjects import Subject
from contracting.documents.checking.findings import MEGABYTE
from contracting.proposals import calculations, events, permissions, pieces
from contracting.proposals.models import DraftUpload
from contracting.proposals.pieces import ToSend, hold_place, offeror_of_uploads
from contracting.proposals.queries import key_of, new_draft_key, place_of
from contracting.proposals.refusals import DraftClosed, DraftTooLarge, UploadsOpen
from contracting.proposals.states import UploadKind
from contracting.solicitations.models import Solicitation
from contracting.solicitations.publishing.limits import limits_of
from contracting.submissions.calculations import is_past, require_numbered
from contracting.submissions.sealing.offers import MAX_HEAD_BYTES


@transaction.atomic
def begin_upload(
    *,
    solicitation_id: int,
    file: ToSend,
    by: Actor,
    at: datetime,
    alternate: int = 0,
) -> DraftUpload:
    """Make room for a file that comes in pieces; what has come of it already counts.

    The same file begun again, by its name, size and hash, is the upload that is there:
    whoever lost the connection, or the page, goes on where the bytes end. ``at`` is
    kept as the instant at which the first byte came. An offer that was sealed before
    it is sent is begun after the deadline too: it is received as late.

    :raises NotAllowed: if ``by`` may not attach such a file
    :raises DraftClosed: for a file, after the deadline
    :raises AlternateNotTaken: for an alternate beyond those that are taken (R-SUB-10)
    :raises DraftTooLarge: for more bytes than the solicitation takes
    :raises UploadsOpen: if as many are on their way as may be at once, all of them
        begun within the hour
    """
    solicitation = Solicitation.objects.get(pk=solicitation_id)
    place = place_of(solicitation, by.organization_id, alternate)
    hold_place(place)
    mine = DraftUpload.objects.locked().filter(place=place, completed_at=None)
    there = [each for each in mine if each.kind == file.kind]
    require(permissions.can_begin_upload(by, solicitation, kind=file.kind))
    if not file.is_offer and is_past(solicitation, at):
        message = (
            "The deadline has passed: no other file is added to the draft. One that "
            "was begun before it may still come to its end."
        )
        raise DraftClosed(message, deadline=solicitation.deadline)
    require_numbered(solicitation, alternate)
    _require_room(solicitation, file)
    for each in there:
        if _is_of(each, file):
            return each
    gone = _made_room(there, at)
    upload = _kept(place, file, by, at)
    offeror = offeror_of_uploads(by, solicitation)
    if gone is not None:
        record_event(events.UPLOAD_ABANDONED, subject=gone, by=offeror, at=at)
    record_event(events.UPLOAD_BEGUN, subject=upload.subject, by=offeror, at=at)
    return upload


def _made_room(there: Sequence[DraftUpload], at: datetime) -> Subject | None:
    """What gave way to one more: an upload that nobody has brought to its end."""
    if len(there) < pieces.MOST_UPLOADS:
        return None
    oldest = min(there, key=lambda each: each.begun_at)
    if oldest.begun_at > at - pieces.GIVES_WAY:
        message = (
            f"{len(there)} files are on their way to this draft, and no more are taken "
            "at once. Let one come to its end; one that was given up gives way an hour "
            "after it was begun."
        )
        raise UploadsOpen(message)
    subject = oldest.subject
    oldest.erase()
    return subject


def _require_room(solicitation: Solicitation, file: ToSend) -> None:
    limit = limits_of(solicitation).bytes
    most = {
        UploadKind.FILE: limit,
        UploadKind.SEALED_FILE: calculations.most_sealed_bytes(limit, 1),
        UploadKind.SEALED_OFFER: calculations.most_sealed_bytes(
            limit + MAX_HEAD_BYTES, 1
        ),
    }[file.kind]
    if not 1 <= file.size_bytes <= most:
        message = (
            "An empty file is not taken."
            if file.size_bytes < 1
            else f"It is larger than {limit / MEGABYTE:.0f} MB, which is all that the "
            "solicitation takes. Nothing was sent."
        )
        raise DraftTooLarge(message)


def _is_of(upload: DraftUpload, file: ToSend) -> bool:
    """Whether it is the same file; without a hash nobody can tell."""
    if not file.sha256 or upload.size_bytes != file.size_bytes:
        return False
    told = calculations.unsealed_json(
        bytes(upload.sealed_facts), key=key_of(upload), binding=upload.facts_binding
    )
    return (told["name"], told["sha256"]) == (file.name, file.sha256)


def _kept(place: str, file: ToSend, by: Actor, at: datetime) -> DraftUpload:
    upload = DraftUpload(
        public_id=new_public_id(DraftUpload.PREFIX),
        place=place,
        kind=file.kind,
        size_bytes=file.size_bytes,
        begun_at=at,
    )
    upload.wrapped_key = new_draft_key(upload)
    upload.sealed_facts = calculations.sealed_json(
        {
            "name": file.name,
            "sha256": file.sha256,
            "sealed": pieces.told_beside(file.sealed),
            "by": by.name,
        },
        key=key_of(upload),
        binding=upload.facts_binding,
    )
    upload.save()
    return upload

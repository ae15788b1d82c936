"""Put a file that has come in pieces into the draft."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256 as sha256_of
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.documents.checking.pdf import count_pages
from contracting.documents.forms import taken_file
from contracting.proposals import calculations, permissions, pieces
from contracting.proposals.models import DraftUpload
from contracting.proposals.operations.attach import CountedFile, attach_draft_files
from contracting.proposals.operations.attach_sealed import attach_sealed_file
from contracting.proposals.pieces import get_upload_for, no_upload
from contracting.proposals.queries import files_of, key_of
from contracting.proposals.refusals import UploadDamaged, UploadMisplaced
from contracting.proposals.states import UploadKind
from contracting.solicitations.models import Solicitation
from contracting.submissions.calculations import OfferedFile


@transaction.atomic
def complete_upload(
    *,
    solicitation_id: int,
    upload: str,
    sha256: str = "",
    by: Actor,
    at: datetime,
    alternate: int = 0,
) -> DraftUpload:
    """Check the whole file as one that comes at once, and attach it to the draft.

    The pieces are put together in memory and deleted. Completed twice it is attached
    once. What was begun up to the deadline may be completed after it; whatever is
    submitted then is late.

    :param upload: its public id
    :param sha256: of all that was sent, if it was not said when it was begun
    :raises NotVisible: if there is no such upload of this vendor
    :raises NotAllowed: if ``by`` may not attach such a file
    :raises UploadMisplaced: if bytes are missing; ``offset`` says from where on. So
        for an offer that was sealed before, which is handed in and is in no draft
    :raises UploadDamaged: if its hash is another one than its sender says, or none is
        said at all
    :raises FileNotTaken: if the check of uploads finds something (R-SUB-12)
    :raises DraftFileUnfit, DraftTooLarge, DraftMissing, DraftNotSealed: as for a file
        that comes at once
    """
    solicitation = Solicitation.objects.get(pk=solicitation_id)
    found = get_upload_for(by, solicitation, upload, alternate)
    row = DraftUpload.objects.locked().filter(pk=found.pk).first()
    require(permissions.can_complete_upload(by, solicitation, kind=found.of_kind))
    if row is None:
        raise no_upload()
    if row.completed_at is not None:
        return row
    if row.kind == UploadKind.SEALED_OFFER:
        message = "It is an offer, and no file of a draft: hand it in."
        raise UploadMisplaced(message, offset=row.offset)
    pieces.require_come(row)
    told = calculations.unsealed_json(
        bytes(row.sealed_facts), key=key_of(row), binding=row.facts_binding
    )
    whole = pieces.put_together(row)
    _require_sound(whole, {told["sha256"], sha256} - {""})
    where: dict[str, Any] = {
        "solicitation_id": solicitation.pk,
        "by": by,
        "at": at,
        "alternate": alternate,
        "begun_at": row.begun_at,
    }
    if told["sealed"] is None:
        row.file = _attached(told["name"], whole, where)
    else:
        made = pieces.sealed_file_of(told["name"], told["sealed"], whole)
        row.file = attach_sealed_file(file=made, **where).public_id
    row.pieces.all().delete()
    row.completed_at = at
    row.save(update_fields=["file", "completed_at"])
    return row


def _require_sound(whole: bytes, said: set[str]) -> None:
    if not said:
        message = "Say the SHA-256 of the whole file to complete it."
        raise UploadDamaged(message)
    if said != {sha256_of(whole).hexdigest()}:
        message = (
            "The file that arrived is not the one that was sent: its SHA-256 is "
            "another one. It was not attached. Abandon it, and send it anew."
        )
        raise UploadDamaged(message)


def _attached(name: str, whole: bytes, where: dict[str, Any]) -> str:
    """The public id of what the draft has of it, once it is found fit."""
    fit = taken_file(SimpleUploadedFile(name, whole), sealed=True)
    counted = CountedFile(
        OfferedFile(fit.name, fit.media_type, fit.content),
        count_pages(fit.content) if fit.kind == "pdf" else None,
    )
    draft = attach_draft_files(files=[counted], **where)
    return next(
        each.public_id
        for each in files_of(draft)
        if (each.name, each.sha256) == (fit.name, fit.sha256)
    )

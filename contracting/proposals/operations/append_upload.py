"""Take the next piece of a file that is on its way to a draft."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256 as sha256_of

from django.db import transaction

from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.documents.checking.findings import MEGABYTE
from contracting.proposals import permissions, pieces
from contracting.proposals.models import DraftUpload, UploadPiece
from contracting.proposals.pieces import Piece, get_upload_for, no_upload
from contracting.proposals.queries import key_of
from contracting.proposals.refusals import (
    DraftTooLarge,
    UploadDamaged,
    UploadMisplaced,
)
from contracting.solicitations.models import Solicitation
from contracting.submissions.sealing.keys import decrypt, encrypt


@transaction.atomic
def append_upload(
    *,
    solicitation_id: int,
    upload: str,
    piece: Piece,
    by: Actor,
    at: datetime,
    alternate: int = 0,
) -> DraftUpload:
    """Encrypt the piece and keep it, if it goes on where the bytes that are here end.

    A piece that is here already, byte for byte, changes nothing. What was begun up to
    the deadline may come to its end after it: the offer is late then, and not lost.

    :param upload: its public id
    :raises NotVisible: if there is no such upload of this vendor
    :raises NotAllowed: if ``by`` may not attach such a file
    :raises UploadDamaged: if its hash is another one than its sender says, or the
        whole is to have another size than was declared
    :raises UploadMisplaced: if it goes on elsewhere; ``offset`` says where they end
    :raises DraftTooLarge: for a piece larger than is taken at once, or too many
    """
    solicitation = Solicitation.objects.get(pk=solicitation_id)
    found = get_upload_for(by, solicitation, upload, alternate)
    row = DraftUpload.objects.locked().filter(pk=found.pk).first()
    require(permissions.can_append_upload(by, solicitation, kind=found.of_kind))
    if row is None:
        raise no_upload()
    _require_sound(row, piece)
    if piece.end <= row.offset and _is_here(row, piece):
        return row
    if piece.start != row.offset:
        message = (
            f"{row.offset:,} bytes are here, and this piece begins after "
            f"{piece.start:,}. It was not kept. Go on where they end."
        )
        raise UploadMisplaced(message, offset=row.offset)
    if row.pieces.count() >= pieces.MOST_PIECES:
        message = (
            f"The file came in {pieces.MOST_PIECES} pieces, and no more are "
            "taken. Abandon it, and send it in larger ones."
        )
        raise DraftTooLarge(message)
    sealed = encrypt(
        piece.content, key=key_of(row), binding=row.piece_binding(piece.start)
    )
    UploadPiece.objects.create(
        upload=row, start=piece.start, size_bytes=len(piece.content), sealed=sealed
    )
    row.offset = piece.end
    row.whole_at = at if row.offset == row.size_bytes else None
    row.save(update_fields=["offset", "whole_at"])
    return row


def _require_sound(row: DraftUpload, piece: Piece) -> None:
    if not 1 <= len(piece.content) <= pieces.MOST_PIECE_BYTES:
        message = (
            f"A piece has 1 byte to {pieces.MOST_PIECE_BYTES // MEGABYTE} MB. "
            "It was not kept."
        )
        raise DraftTooLarge(message)
    if piece.sha256 and sha256_of(piece.content).hexdigest() != piece.sha256:
        message = (
            "The piece was damaged on its way: its SHA-256 is another one. It was not "
            "kept. Send it again."
        )
        raise UploadDamaged(message, offset=row.offset)
    if piece.whole != row.size_bytes or piece.end > row.size_bytes:
        message = (
            f"The file was declared with {row.size_bytes:,} bytes, and this piece says "
            "otherwise. It was not kept. Abandon it, and begin anew."
        )
        raise UploadDamaged(message, offset=row.offset)


def _is_here(row: DraftUpload, piece: Piece) -> bool:
    same = row.pieces.filter(start=piece.start, size_bytes=len(piece.content)).first()
    if same is None:
        return False
    binding = row.piece_binding(piece.start)
    kept = decrypt(bytes(same.sealed), key=key_of(row), binding=binding)
    return kept == piece.content

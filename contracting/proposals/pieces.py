"""A file that comes in pieces: as values, in the headers of HTTP, and where it is."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import connection

from contracting.core.actors import Actor, under_pseudonym
from contracting.core.errors import Invalid, NotVisible
from contracting.proposals.calculations import SealedFile
from contracting.proposals.models import Draft, DraftUpload
from contracting.proposals.queries import key_of, place_of
from contracting.proposals.refusals import UploadMisplaced
from contracting.proposals.states import UploadKind
from contracting.solicitations.models import Solicitation
from contracting.submissions.sealing.keys import decrypt
from contracting.submissions.sealing.offerors import offeror_words, pseudonym_of

UPLOAD_KEPT: Final = timedelta(days=1)
"""How long after its beginning an upload waits for the rest of the file."""

MOST_UPLOADS: Final = 5
"""Files on their way to one draft at once."""

GIVES_WAY: Final = timedelta(hours=1)
"""So long after its beginning an upload gives way where another finds no room."""

MOST_PIECES: Final = 500
"""Pieces of one upload."""

PIECE_BYTES: Final = 1024 * 1024
"""What the page sends in one request."""

MOST_PIECE_BYTES: Final = 4 * 1024 * 1024
"""What is taken in one request."""

_RANGE: Final = re.compile(r"bytes ([0-9]{1,12})-([0-9]{1,12})/([0-9]{1,12})")
_DIGEST: Final = re.compile(r"(?:^|,)\s*sha-256=:([A-Za-z0-9+/=]*):")
_SHA256_BYTES: Final = 32


class HeaderUnreadable(Invalid):
    """A header says nothing that can be read."""

    code = "header_unreadable"


@dataclass(frozen=True, slots=True)
class ToSend:
    """A file that is to be sent in pieces.

    :param name: of the file; of one that a browser has sealed, its public id
    :param sha256: of all that is sent, in hexadecimal, as far as it is known
    :param sealed: what lies beside a file that a browser has sealed, without its bytes
    :param is_offer: whether it is a whole offer, sealed before it is sent
    """

    name: str
    size_bytes: int
    sha256: str = ""
    sealed: SealedFile | None = None
    is_offer: bool = False

    @property
    def kind(self) -> UploadKind:
        """What is to be sent."""
        if self.is_offer:
            return UploadKind.SEALED_OFFER
        return UploadKind.SEALED_FILE if self.sealed else UploadKind.FILE


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes of a file that is sent in pieces, as one request has brought them.

    :param start: how many bytes of the file lie before it
    :param whole: bytes of the whole file, as the request says
    :param sha256: of the piece, in hexadecimal, if the request says it
    """

    start: int
    content: bytes
    whole: int
    sha256: str = ""

    @property
    def end(self) -> int:
        """How many bytes of the file are there with it."""
        return self.start + len(self.content)


def told_beside(sealed: SealedFile | None) -> dict[str, str] | None:
    """What lies beside a sealed file, as plain JSON; nothing for one in the clear."""
    if sealed is None:
        return None
    return {
        "facts": base64.b64encode(sealed.facts).decode(),
        "wrapped_key": base64.b64encode(sealed.wrapped_key).decode(),
        "offer_key": sealed.offer_key,
    }


def sealed_file_of(name: str, told: Mapping[str, str], content: bytes) -> SealedFile:
    """The sealed file of which :func:`told_beside` has told, with its bytes.

    :raises KeyError, ValueError: if it is something else
    """
    return SealedFile(
        name=name,
        facts=base64.b64decode(told["facts"], validate=True),
        sealed=content,
        wrapped_key=base64.b64decode(told["wrapped_key"], validate=True),
        offer_key=told["offer_key"],
    )


def piece_of(content: bytes, *, content_range: str, digest: str) -> Piece:
    """The body of a request as a piece of its file.

    :param content_range: ``"bytes 0-1048575/5000000"``, as RFC 9110 writes it
    :param digest: ``"sha-256=:…:"`` of the body, as RFC 9530 writes it; or nothing
    :raises HeaderUnreadable: if the range is of another form, or of another length
    """
    told = _RANGE.fullmatch(content_range.strip())
    if told is None:
        message = "Send Content-Range: bytes FIRST-LAST/WHOLE, such as bytes 0-99/1234."
        raise HeaderUnreadable(message)
    first, last, whole = map(int, told.groups())
    if last - first + 1 != len(content):
        message = (
            f"Content-Range tells of {last - first + 1:,} bytes, and {len(content):,} "
            "came. The piece was not kept."
        )
        raise HeaderUnreadable(message)
    return Piece(first, content, whole, sha256_told(digest))


def sha256_told(digest: str) -> str:
    """The SHA-256, in hexadecimal, of a header of RFC 9530; empty if it has none.

    :raises HeaderUnreadable: if it has one that cannot be read
    """
    told = _DIGEST.search(digest)
    if told is None:
        return ""
    try:
        raw = base64.b64decode(told[1], validate=True)
    except ValueError:
        raw = b""
    if len(raw) != _SHA256_BYTES:
        message = "A digest is written sha-256=:BASE64:, of 32 bytes (RFC 9530)."
        raise HeaderUnreadable(message)
    return raw.hex()


def hold_place(place: str) -> None:
    """Hold where a draft lies until the transaction ends, whatever lies there.

    What is counted there stays as it was counted. It is taken before any row.
    """
    digest = hashlib.sha256(f"drawdown/draft-place/{place}".encode()).digest()
    key = int.from_bytes(digest[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.callproc("pg_advisory_xact_lock", [key])


def get_upload_for(
    actor: Actor, solicitation: Solicitation, public_id: str, alternate: int = 0
) -> DraftUpload:
    """A file on its way into the draft of the acting vendor, or come into it.

    :raises NotVisible: for everybody else, and if it was abandoned or has expired
    """
    place = place_of(solicitation, actor.organization_id, alternate)
    found = DraftUpload.objects.filter(place=place, public_id=public_id).first()
    if found is None:
        raise no_upload()
    return found


def put_together(row: DraftUpload) -> bytes:
    """All that has come of an upload, decrypted, in memory alone."""
    key = key_of(row)
    return b"".join(
        decrypt(bytes(each.sealed), key=key, binding=row.piece_binding(each.start))
        for each in row.pieces.order_by("start")
    )


def require_come(row: DraftUpload) -> None:
    """That every byte is here.

    :raises UploadMisplaced: if not; ``offset`` says from where on they are missing
    """
    if row.offset < row.size_bytes:
        message = (
            f"{row.offset:,} of {row.size_bytes:,} bytes are here. Send the others, "
            "then complete it."
        )
        raise UploadMisplaced(message, offset=row.offset)


def no_upload() -> NotVisible:
    """What is said of an upload that is nobody's, or not of the acting vendor."""
    return NotVisible(
        "There is no such upload: its file was abandoned, or its draft submitted or "
        "discarded. Send the file anew."
    )


@dataclass(frozen=True, slots=True)
class Came:
    """When the files of a draft came, as far as they were sent in pieces.

    :param first_byte_at: the first byte of the first one
    :param begun_at: of those that were begun in time and not whole at the deadline, the
        first byte of the first one
    """

    first_byte_at: datetime | None = None
    begun_at: datetime | None = None


def came(draft: Draft, files: Sequence[str], deadline: datetime | None) -> Came:
    """When the files of a draft with these public ids came."""
    whole = DraftUpload.objects.filter(
        place=draft.place, kind=UploadKind.FILE, file__in=files
    ).order_by("begun_at")
    times = list(whole.values_list("begun_at", "completed_at"))
    across = [
        begun
        for begun, completed in times
        if deadline is not None and completed and begun <= deadline < completed
    ]
    return Came(
        first_byte_at=times[0][0] if times else None,
        begun_at=across[0] if across else None,
    )


def offeror_of_uploads(actor: Actor, solicitation: Solicitation) -> Actor:
    """Under which name a record may say who sends a file before the opening."""
    pseudonym = pseudonym_of(solicitation.public_id, actor.own_organization_id)
    return under_pseudonym(offeror_words(pseudonym))

"""Drafts of offers, built through the real verbs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from contracting.core.canonical import canonical_json
from contracting.core.models import new_public_id
from contracting.proposals.calculations import SealedContent, SealedFile
from contracting.proposals.models import Draft, DraftUpload, SealedDraftFile
from contracting.proposals.operations.append_upload import append_upload
from contracting.proposals.operations.attach import CountedFile, attach_draft_files
from contracting.proposals.operations.begin_upload import begin_upload
from contracting.proposals.operations.complete_upload import complete_upload
from contracting.proposals.operations.save import save_draft
from contracting.proposals.pieces import Piece, ToSend
from contracting.proposals.queries import draft_of
from contracting.reference.models import AiModel
from contracting.solicitations.models import Solicitation
from contracting.solicitations.queries import lines_of
from contracting.submissions.calculations import OfferedFile
from contracting.submissions.queries import amendment_numbers
from contracting.submissions.sealing import keys
from contracting.submissions.sealing.offers import STEP_BYTES
from tests.cast import actor
from tests.offer_keys import the_offer_key
from tests.offers import SNAPSHOT, before
from tests.remembered import remembered

WORDS = "We serve the snapshot that is asked for."


def prices_on(
    solicitation: Solicitation, price: str = "2.5", **more: str
) -> dict[str, Any]:
    """One price for every line; others by the number of their line."""
    lines = list(lines_of(solicitation))
    model = AiModel.objects.get(snapshot=SNAPSHOT).public_id
    return {
        "models": {line.clin: model for line in lines},
        "prices": {line.slin: price for line in lines} | more,
        "zeros": [],
    }


def saved(
    solicitation: Solicitation,
    part: str,
    content: Mapping[str, Any],
    *,
    seen: int = 0,
    by: str = "vendor_a_member",
    at: datetime | None = None,
    alternate: int = 0,
) -> None:
    """One part is saved, two hours before the deadline unless it is said."""
    save_draft(
        solicitation_id=solicitation.pk,
        part=part,
        content=content,
        seen_version=seen,
        by=actor(by),
        at=at or before(solicitation, hours=2),
        alternate=alternate,
    )


@remembered
def whole_draft(
    *, on: Solicitation, by: str = "vendor_a_member", at: datetime | None = None
) -> Draft:
    """A draft to which nothing is missing, with one file of text."""
    saved(on, "TECHNICAL", {"text": WORDS}, by=by, at=at)
    saved(on, "PRICES", prices_on(on), by=by, at=at)
    saved(on, "AMENDMENTS", {"acknowledged": amendment_numbers(on)}, by=by, at=at)
    attach_draft_files(
        solicitation_id=on.pk,
        files=[CountedFile(OfferedFile("plan.txt", "text/plain", b"Our plan."))],
        by=actor(by),
        at=at or before(on, hours=2),
    )
    draft = draft_of(actor(by), on)
    assert draft is not None
    return draft


def sealed_content(
    draft: dict[str, Any], *, by: str = "vendor_a_member", version: int = 1
) -> SealedContent:
    """A draft as the browser of somebody who holds the offer key seals it."""
    offer_key = the_offer_key(by)
    raw = canonical_json(draft).encode()
    raw += b" " * (-len(raw) % STEP_BYTES)
    key = keys.new_key()
    return SealedContent(
        version=version,
        sealed=keys.encrypt(raw, key=key, binding=f"of/{version}"),
        wrapped_key=keys.encrypt_to(
            bytes(offer_key.public_key), key, binding=f"key/{version}"
        ),
        offer_key=offer_key.fingerprint,
    )


def sealed_file(
    name: str = "plan.txt",
    content: bytes = b"Our plan.",
    *,
    by: str = "vendor_a_member",
) -> SealedFile:
    """A file of a draft as the browser of somebody who holds the offer key seals it."""
    offer_key, key = the_offer_key(by), keys.new_key()
    place = new_public_id(SealedDraftFile.PREFIX)
    facts = canonical_json({"name": name, "size_bytes": len(content)}).encode()
    step = max(STEP_BYTES, 1 << max(len(content).bit_length() - 4, 0))
    return SealedFile(
        name=place,
        facts=keys.encrypt(facts.ljust(1024), key=key, binding=f"facts/{place}"),
        sealed=keys.encrypt(
            content + bytes(-len(content) % step), key=key, binding=f"file/{place}"
        ),
        wrapped_key=keys.encrypt_to(
            bytes(offer_key.public_key), key, binding=f"key/{place}"
        ),
        offer_key=offer_key.fingerprint,
    )


def begun_upload(
    solicitation: Solicitation,
    content: bytes,
    *,
    name: str = "plan.txt",
    sealed: SealedFile | None = None,
    says_hash: bool = True,
    by: str = "vendor_a_member",
    at: datetime | None = None,
) -> DraftUpload:
    """A file is begun to be sent in pieces, two hours before the deadline."""
    return begin_upload(
        solicitation_id=solicitation.pk,
        file=ToSend(
            name if sealed is None else sealed.name,
            len(content),
            sha256(content).hexdigest() if says_hash else "",
            sealed,
        ),
        by=actor(by),
        at=at or before(solicitation, hours=2),
    )


def appended(
    solicitation: Solicitation,
    upload: DraftUpload,
    content: bytes,
    /,
    *,
    start: int = 0,
    end: int | None = None,
    by: str = "vendor_a_member",
    at: datetime | None = None,
    **other: Any,
) -> DraftUpload:
    """The bytes of a file from ``start`` up to ``end`` come as one piece."""
    end = len(content) if end is None else end
    piece = Piece(start, content[start:end], len(content))
    return append_upload(
        solicitation_id=solicitation.pk,
        upload=upload.public_id,
        piece=replace(piece, **other),
        by=actor(by),
        at=at or before(solicitation, hours=2),
    )


def completed(
    solicitation: Solicitation,
    upload: DraftUpload,
    *,
    by: str = "vendor_a_member",
    at: datetime | None = None,
    sha256: str = "",
) -> DraftUpload:
    """The file is put into the draft."""
    return complete_upload(
        solicitation_id=solicitation.pk,
        upload=upload.public_id,
        sha256=sha256,
        by=actor(by),
        at=at or before(solicitation, hours=2),
    )

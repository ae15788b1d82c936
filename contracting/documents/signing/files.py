"""The file of a paper: printed and sealed, or as it is with one signature more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from contracting.documents.models import Document, Rendering
from contracting.documents.queries import read_blob
from contracting.documents.signing.orders import is_sealed
from contracting.documents.signing.signatures import (
    Signed,
    add_signatures,
    seal,
    sign_print,
)


@dataclass(frozen=True, slots=True)
class Made:
    """The bytes, how they were signed, and the earlier file that they begin with."""

    content: bytes
    signed: Signed | None = None
    base: Rendering | None = None


def make_file(document: Document, print_it: Callable[[], bytes]) -> Made:
    """Print the paper, or take its last file, and add what it lacks.

    :raises SealMissing: if it needs a key or a time stamp that cannot be had
    """
    signed_by = document.signatures.select_related("approval").order_by("place")
    records = [each.approval.record for each in signed_by]
    base, zone = document.rendering, str(document.context.get("time_zone") or "")
    if base is not None:
        start = Signed(
            content=read_blob(base.blob),
            revisions=tuple(base.revisions),
            certificate_sha256=base.seal_certificate_sha256,
            level=base.level,
        )
        made = add_signatures(
            start, parties=document.parties, records=records, zone=zone
        )
        return Made(made.content, made, base)
    pdf = print_it()
    if not is_sealed(document.kind):
        return Made(pdf)
    if document.parties:
        made = sign_print(pdf, parties=document.parties, records=records, zone=zone)
    else:
        reason = f"Issued by {document.agency.name}: {document.title}"
        made = seal(pdf, reason=f"{reason}, {document.number}")
    return Made(made.content, made)

"""Reads of papers and of stored bytes."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

import zstandard
from django.conf import settings
from django.core.files.storage import default_storage
from django.db.models import Count, Min, Q, QuerySet
from django.utils.http import content_disposition_header

from accounts.queries import actor_of, actor_of_key, actor_without_membership
from accounts.states import Role
from contracting.core.actors import ANONYMOUS, SYSTEM, Actor, under_pseudonym
from contracting.core.errors import NotVisible
from contracting.core.subjects import Subject
from contracting.documents.checking import kinds
from contracting.documents.checking.malware import lies_in_memory
from contracting.documents.models import (
    Blob,
    Document,
    DocumentQuerySet,
    Operation,
    Rendering,
    SignedCopy,
)
from contracting.documents.refusals import Damaged, NothingToSign, NotReady
from contracting.documents.states import CopyResult, DocumentKind, DocumentState, Party

STALLED_AFTER: Final = timedelta(seconds=20)
"""A worker that lives has stepped since; a message may have been lost."""

_MOST_UNPACKED: Final = 1024 * 1024 * 1024
_HOLDERS: dict[str, Callable[[Actor, Document], bool]] = {}


def know_holders(kind: str, holds: Callable[[Actor, Document], bool]) -> None:
    """Called at start-up by the app whose papers of that kind name no reader.

    :param holds: whether the paper is the actor's own
    """
    _HOLDERS[kind] = holds


def is_held_by(actor: Actor, document: Document) -> bool:
    """Whether the paper is the acting vendor's own, named on it or not."""
    holds = _HOLDERS.get(document.kind)
    return actor.acts_for(document.vendor_id) or bool(holds and holds(actor, document))


def recorded_as(by: Actor, document: Document) -> Actor:
    """Who asks for a paper, as a record may say it: of a receipt, its pseudonym."""
    if document.kind == DocumentKind.RECEIPT and document.vendor_id is None:
        return under_pseudonym(document.requested_by_name)
    return by


@dataclass(frozen=True, slots=True)
class Progress:
    """What one step has done: how many units more, and what comes next."""

    done: int
    phase: str = ""
    is_last: bool = False


_WORK: dict[str, Callable[[Operation, Actor, datetime], Progress]] = {}


def know_work(
    kind: str, step: Callable[[Operation, Actor, datetime], Progress]
) -> None:
    """Called at start-up by the app that does the operations of that kind.

    :param step: does the next step in the transaction that it is called in
    """
    _WORK[kind] = step


def work_of(kind: str) -> Callable[[Operation, Actor, datetime], Progress]:
    """What does the steps of operations of a kind."""
    return _WORK[kind]


def starter_of(operation: Operation) -> Actor:
    """Who started it, with the rights that they have now: who has left has none."""
    held, key = operation.by_membership, operation.by_key
    if held is not None:
        stays = held.is_active and held.user.is_active
        return actor_of(held) if stays else actor_without_membership(held.user)
    if key is not None:
        acting = actor_of_key(key)
        return replace(acting, scopes=frozenset()) if key.revoked_at else acting
    return SYSTEM


def get_operation_for(actor: Actor, public_id: str) -> Operation:
    """The operation, for the organization whose it is.

    :raises NotVisible: for anybody else, and for an address that does not exist
    """
    asked = Operation.objects.visible_to(actor).select_related(
        "by_membership__user", "by_membership__organization", "by_key__organization"
    )
    found: Operation | None = asked.filter(public_id=public_id).first()
    if found is None:
        message = "There is no such operation."
        raise NotVisible(message)
    return found


def stalled_operations(at: datetime) -> list[int]:
    """Those that nobody has worked on for a while, oldest first."""
    free = Q(next_attempt_at__isnull=True) | Q(next_attempt_at__lte=at)
    quiet = Q(stepped_at__isnull=True, queued_at__lte=at - STALLED_AFTER)
    quiet |= Q(stepped_at__lte=at - STALLED_AFTER)
    found = Operation.objects.open().filter(free & quiet).order_by("pk")
    return list(found.values_list("pk", flat=True))


def documents_of(subject: Subject) -> DocumentQuerySet:
    """The papers about one object, newest first; chain ``visible_to(actor)``."""
    found: DocumentQuerySet = Document.objects.filter(
        subject_kind=subject.kind, subject_id=subject.id
    ).order_by("-pk")
    return found


def documents_of_stream(stream: str) -> DocumentQuerySet:
    """The papers about a root object and all below it, newest first."""
    found: DocumentQuerySet = Document.objects.filter(stream=stream).order_by("-pk")
    return found


def get_document_for(actor: Actor, public_id: str) -> Document:
    """The paper, for its agency, its vendor, or everybody when it is public.

    :raises NotVisible: for anybody else, and for an address that does not exist
    """
    asked = Document.objects.filter(public_id=public_id)
    asked = asked.select_related("agency", "vendor")
    found: Document | None = asked.visible_to(actor).first()
    if found is None:
        held = asked.filter(kind__in=_HOLDERS).first()
        found = held if held and is_held_by(actor, held) else None
    if found is None:
        message = "There is no such paper."
        raise NotVisible(message)
    return found


def is_being_printed(document: Document, at: datetime) -> bool:
    """Whether a worker is at the paper, as far as its lease tells."""
    return document.leased_until is not None and document.leased_until > at


@dataclass(frozen=True, slots=True)
class PressFigures:
    """How the printing goes: counts of papers, and how long the oldest has waited."""

    waiting: int
    printing: int
    tried_again: int
    failed: int
    oldest_seconds: int


def press_figures(at: datetime) -> PressFigures:
    """Over all agencies; a paper counts as waiting until it is printed or given up."""
    held = Q(leased_until__gt=at)
    found = Document.objects.waiting().aggregate(
        waiting=Count("pk", filter=~held | Q(leased_until__isnull=True)),
        printing=Count("pk", filter=held),
        again=Count("pk", filter=Q(attempts__gt=0) & ~Q(last_error="")),
        oldest=Min("requested_at"),
    )
    oldest = found["oldest"]
    return PressFigures(
        waiting=found["waiting"],
        printing=found["printing"],
        tried_again=found["again"],
        failed=failed_documents().count(),
        oldest_seconds=max(0, int((at - oldest).total_seconds())) if oldest else 0,
    )


def failed_documents() -> QuerySet[Document]:
    """The papers that were given up, oldest first; each has its reason."""
    return Document.objects.filter(state=DocumentState.FAILED).order_by("pk")


def pending_documents() -> QuerySet[Document]:
    """What is not printed yet, and what could not be printed; oldest first."""
    return Document.objects.exclude(state=DocumentState.RENDERED).order_by("pk")


def has_failed_receipts(agency_id: int) -> bool:
    """Whether a receipt could not be printed; whose, and how many, is sealed."""
    return Document.objects.filter(
        agency_id=agency_id, kind=DocumentKind.RECEIPT, state=DocumentState.FAILED
    ).exists()


def rendering_of(document: Document) -> Rendering:
    """The print in force.

    :raises NotReady: while the paper is being prepared, or when it failed
    """
    rendering = document.rendering
    if rendering is None:
        message = (
            f"{document.title} is still being prepared. It will be here in a moment."
            if document.state == DocumentState.REQUESTED
            else f"{document.title} could not be printed: {document.last_error}"
        )
        raise NotReady(message, state=document.state)
    return rendering


PARTY_OF_ROLE: Final[dict[str, Party]] = {
    Role.VENDOR_SIGNER: Party.VENDOR,
    Role.CONTRACTING_OFFICER: Party.OFFICER,
    Role.COR: Party.REPRESENTATIVE,
    Role.PAYMENT_CERTIFIER: Party.CERTIFIER,
    Role.SOURCE_SELECTION_AUTHORITY: Party.AUTHORITY,
}
"""As what a person signs who acts in that role."""


def party_of(actor: Actor, document: Document) -> str:
    """For which party this person or machine could sign the paper; empty for none."""
    is_vendor = actor.acts_for(document.vendor_id)
    if not is_vendor and not actor.acts_for(document.agency_id):
        return ""
    own: set[str] = (
        {PARTY_OF_ROLE[actor.role]} if actor.role in PARTY_OF_ROLE else set()
    )
    if actor.is_key:
        own = set(Party.values)
    own &= {Party.VENDOR} if is_vendor else set(Party.values) - {Party.VENDOR}
    return next((party for party in document.parties if party in own), "")


def issued_for(document: Document, party: str) -> bytes:
    """The bytes that this party signs with its own key, if it wants to.

    They end before its own signature, so that its field is empty in them, and hold the
    signatures of those who sign before it.

    :raises NothingToSign: if the paper has no field for it, or others sign first
    :raises NotReady: before the paper is printed
    """
    made = rendering_of(document)
    if party not in document.parties or not made.revisions:
        message = "This paper has no field for your signature."
        raise NothingToSign(message)
    place = document.parties.index(party)
    if len(made.revisions) < place + 2:
        first = Party(document.parties[place - 1]).label
        message = f"The {first} signs this paper first; it has not done so yet."
        raise NothingToSign(message)
    return read_blob(made.blob)[: made.revisions[place + 1]]


def copies_of(document: Document) -> QuerySet[SignedCopy]:
    """The signed copies of a paper, newest first, with what their check has found."""
    found = document.copies.select_related("blob", "organization", "check_of_it")
    return found.select_related("operation").order_by("-pk")


def get_copy_for(actor: Actor, document: Document, public_id: str) -> SignedCopy:
    """A signed copy, for both parties unless its check has refused it.

    :raises NotVisible: for anybody else, and before it is checked
    """
    taken = document.copies.exclude(check_of_it__result=CopyResult.REFUSED)
    if actor.organization_id in {document.agency_id, document.vendor_id}:
        found = taken.filter(check_of_it__isnull=False, public_id=public_id)
        copy: SignedCopy | None = found.select_related("blob").first()
        if copy is not None:
            return copy
    message = "There is no such signed copy."
    raise NotVisible(message)


def signatures_of(document: Document) -> list[dict[str, Any]]:
    """Who has signed the paper, in order, and whose turn it is."""
    placed = {
        each.place: each.approval
        for each in document.signatures.select_related("approval__membership__user")
    }
    made = document.rendering
    in_file = made.signatures if made else 0
    return [
        {
            "party": Party(party).label,
            "approval": placed.get(place),
            "record": json.loads(placed[place].record) if place in placed else None,
            "is_in_file": place <= in_file,
        }
        for place, party in enumerate(document.parties, 1)
    ]


def read_blob(blob: Blob) -> bytes:
    """The stored bytes, after checking that they are still what was hashed.

    :raises Damaged: if the storage gives back anything else, or nothing
    """
    try:
        with default_storage.open(blob.name, "rb") as stored:
            content: bytes = _unpacked(blob, stored.read())
    except FileNotFoundError as error:
        message = "The stored file is missing. Nothing is shown in its place."
        raise Damaged(message, sha256=blob.sha256) from error
    if hashlib.sha256(content).hexdigest() != blob.sha256:
        message = "The stored file does not match its hash and is not shown."
        raise Damaged(message, sha256=blob.sha256)
    return content


def _unpacked(blob: Blob, stored: bytes) -> bytes:
    if blob.packing != "zstd":
        return stored
    try:
        return zstandard.ZstdDecompressor().decompress(
            stored, max_output_size=_MOST_UNPACKED
        )
    except zstandard.ZstdError:
        return b""  # its hash then says that it is damaged


def scans_before_sealing() -> bool:
    """Whether a file that is to be sealed may be shown to the scanner of this site."""
    return bool(settings.CLAMD_URL) and lies_in_memory(settings.CLAMD_TEMP)


def scan_words() -> str:
    """Whether files that are to be sealed are scanned for malware, in words."""
    if scans_before_sealing():
        return "Files are scanned for malware before they are sealed."
    return f"Files are not scanned for malware: {_not_scanned()}."


def scanning_words() -> str:
    """Whether the files of what was sealed just now were scanned, in words."""
    if scans_before_sealing():
        return "Each file was scanned for malware on receipt; nothing was found."
    return f"The files were not scanned for malware: {_not_scanned()}."


def _not_scanned() -> str:
    if settings.CLAMD_URL:
        return (
            "the scanner of this site may write what it reads to a disk. It reads them "
            "when they are opened, before anybody downloads them"
        )
    return "this site has no scanner"


def is_public(public_id: str) -> bool:
    """Whether anybody may read the paper, signed in or not."""
    return Document.objects.visible_to(ANONYMOUS).filter(public_id=public_id).exists()


def file_name(document: Document) -> str:
    """What the file is called when it is saved: letters, digits and hyphens only."""
    number = re.sub(r"[^A-Za-z0-9]+", "-", document.number).strip("-") or "paper"
    kind = document.kind.replace("_", "-")
    return f"{number}-{kind}-v{document.version}.pdf"


def served_type(blob: Blob) -> str:
    """The media type that the file's own check has found, or none in particular."""
    known = blob.media_type in kinds.MEDIA_TYPES.values()
    return blob.media_type if known else "application/octet-stream"


def file_headers(document: Document, blob: Blob) -> dict[str, str]:
    """How a paper is handed over."""
    return attachment_headers(file_name(document), blob)


def download_headers(name: str) -> dict[str, str]:
    """How a file is handed over: saved under its name, never shown in the site.

    The name is written as RFC 6266 says. Should a browser show the file all the same,
    it does so in a sandbox that knows nothing of the site.
    """
    named = content_disposition_header(as_attachment=True, filename=name)
    return {
        "Content-Disposition": named or "attachment",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }


def attachment_headers(name: str, blob: Blob) -> dict[str, str]:
    """How a stored file is handed over, with its hash.

    ``Repr-Digest`` (RFC 9530) lets a client check what it got; a part of a file has no
    hash that anybody has signed, so that ranges are not served.
    """
    digest = base64.b64encode(bytes.fromhex(blob.sha256)).decode()
    return {
        **download_headers(name),
        "ETag": f'"{blob.sha256}"',
        "Repr-Digest": f"sha-256=:{digest}:",
        "Accept-Ranges": "none",
    }

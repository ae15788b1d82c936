"""What is answered about a file or a code, to whom; and how papers stand on a day.

Everybody is told whether a file was issued here. What paper it is, who signed it and
whether it is in force is told to those who may read the paper: everybody, where it is
public; else its agency and its vendor when they are signed in. Of a paper that one may
not read there is one answer, whatever it is.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db.models import F, OuterRef, Subquery

from contracting.core.actors import Actor
from contracting.core.api import instant
from contracting.core.errors import NotVisible
from contracting.documents.models import Document, Rendering
from contracting.documents.models.signatures import SignedCopy
from contracting.documents.queries import is_held_by, signatures_of
from contracting.documents.states import DRAFT_CODE, CopyResult
from contracting.verification.calculations import (
    Question,
    Signer,
    signer_of,
    signers_in,
)
from contracting.verification.models import StatusList
from contracting.verification.refusals import NotPublished
from contracting.verification.standing import Standing, listing_of, standing_of
from contracting.verification.states import REFUSED, Answer, Listing

FORMAT: Final = "drawdown-status-list/1"
TRUST_FORMAT: Final = "drawdown-trust/1"
LEAST_OTHERS: Final = 256


@dataclass(frozen=True, slots=True)
class Verified:
    """What is answered; everything but the answer only where the paper may be read."""

    answer: Answer
    document: Document | None = None
    rendering: Rendering | None = None
    standing: Standing | None = None
    signers: Sequence[Signer] = field(default_factory=list)
    copy: SignedCopy | None = None

    @property
    def words(self) -> str:
        """The answer in a sentence or two."""
        words = (_WORDS_READ if self.document else _WORDS)[self.answer]
        return f"{words} {self.copy.check_of_it.sentence}" if self.copy else words

    @property
    def is_refused(self) -> bool:
        """Whether such a file is not to be relied on."""
        return self.answer in REFUSED


_ISSUED: Final = "This file was issued by this system and is unchanged."
_WORDS: Final = {
    Answer.OF_RECORD: _ISSUED,
    Answer.EARLIER: _ISSUED,
    Answer.ISSUED: _ISSUED,
    Answer.RELEASED: _ISSUED,
    Answer.CUT: (
        "This file is the beginning of a paper that was issued by this system: its "
        "seal is cut off. Do not rely on it; ask for the whole file."
    ),
    Answer.ADDED_TO: (
        "This file begins with a paper that was issued by this system, and something "
        "was added behind it that was not: a signature, a note, or a change. Do not "
        "rely on it as it is."
    ),
    Answer.CHANGED: (
        "This file says that it is a paper of this system, and it is not: at least one "
        "byte differs from what was issued. Do not rely on it."
    ),
    Answer.NAMED: (
        "This code is of a paper that was issued by this system. Whether the paper "
        "before you is that one, unchanged, only its file tells: choose it here."
    ),
    Answer.DRAFT: (
        "This says of itself that it is a draft, printed before anything was issued. A "
        "draft is no paper of record: nobody has signed it, it binds nobody, and what "
        "is issued may read otherwise."
    ),
    Answer.UNKNOWN: (
        "This is not known here. No paper that was issued by this system has this hash "
        "or this code."
    ),
}
_WORDS_READ: Final = {
    **_WORDS,
    Answer.OF_RECORD: "This file is the paper of record, unchanged.",
    Answer.EARLIER: (
        "This file is an earlier state of the paper of record, unchanged: something, "
        "such as a signature, was added to the paper since."
    ),
    Answer.RELEASED: (
        "This file is a copy for release, unchanged as it was issued. It is not the "
        "paper of record: what was withheld from it is left out, and each place says "
        "why."
    ),
    Answer.COPY: (
        "This file is a signed copy of the paper of record, unchanged since it was "
        "handed in and checked here."
    ),
}


def verify(question: Question, *, actor: Actor, at: datetime) -> Verified:
    """What is answered about a file or a code to that actor."""
    if question.code:
        return _of_code(question.code, actor, at, Answer.NAMED)
    asked = [question.sha256, *question.parts]
    printed = _by_hash(Rendering.objects.filter(blob__sha256__in=asked), "print_hash")
    unsealed = _by_hash(
        Rendering.objects.filter(unsealed_sha256__in=asked).exclude(unsealed_sha256=""),
        "unsealed_sha256",
    )
    whole = printed.get(question.sha256)
    if whole is not None:
        return _of_whole(whole, actor, at)
    cut = unsealed.get(question.sha256)
    if cut is not None:
        return _of(cut.document, actor, at, Answer.CUT)
    copy = _copy_of(question.sha256)
    if copy is not None and _may_read(actor, copy.document):
        return _of(copy.document, actor, at, Answer.COPY, copy)
    for part in question.parts:
        begun = printed.get(part) or unsealed.get(part)
        if begun is not None:
            return _of(begun.document, actor, at, Answer.ADDED_TO)
    if question.named:
        return _of_code(question.named, actor, at, Answer.CHANGED)
    return Verified(Answer.UNKNOWN)


def _by_hash(found: Any, key: str) -> dict[str, Rendering]:
    rows = (
        found.annotate(print_hash=F("blob__sha256"))
        .select_related("document__agency", "document__vendor", "blob")
        .defer("document__context")  # read only for those who may: it takes its time
    )
    return {getattr(row, key): row for row in rows.order_by("pk")}


def _of_whole(whole: Rendering, actor: Actor, at: datetime) -> Verified:
    if not _may_read(actor, whole.document):
        return Verified(Answer.ISSUED)
    last = whole.document.rendering
    is_last = last is not None and last.pk == whole.pk
    answer = Answer.OF_RECORD if is_last else Answer.EARLIER
    if whole.document.is_release_copy:
        answer = Answer.RELEASED
    return _of(whole.document, actor, at, answer)


def _of_code(code: str, actor: Actor, at: datetime, answer: Answer) -> Verified:
    if code == DRAFT_CODE:
        return Verified(Answer.DRAFT)
    document = (
        Document.objects.filter(verification_code=code, renderings__isnull=False)
        .select_related("agency", "vendor")
        .defer("context")
        .first()
    )
    if document is None:
        return Verified(Answer.UNKNOWN)
    return _of(document, actor, at, answer)


def _copy_of(sha256: str) -> SignedCopy | None:
    """A signed copy with this hash that was checked and not refused."""
    found: SignedCopy | None = (
        SignedCopy.objects.filter(
            blob__sha256=sha256,
            check_of_it__result__in=(CopyResult.TRUSTED, CopyResult.NOT_TRUSTED),
        )
        .select_related("check_of_it", "document__agency", "document__vendor")
        .order_by("-pk")
        .first()
    )
    return found


def _of(
    document: Document,
    actor: Actor,
    at: datetime,
    answer: Answer,
    copy: SignedCopy | None = None,
) -> Verified:
    if not _may_read(actor, document):
        return Verified(answer)
    return Verified(
        answer,
        document=document,
        rendering=document.rendering,
        standing=standing_of(document, at),
        signers=_signers_of(document),
        copy=copy,
    )


def _signers_of(document: Document) -> list[Signer]:
    """Who has signed which version, from the approval records where there are any."""
    if not document.parties:
        return signers_in(document.context)
    zone = str(document.context.get("time_zone") or "")
    return [signer_of(each, zone) for each in signatures_of(document)]


def _may_read(actor: Actor, document: Document) -> bool:
    if Document.objects.visible_to(actor).filter(pk=document.pk).exists():
        return True
    return actor.is_vendor and is_held_by(actor, document)


# The status list ---------------------------------------------------------------------


def status_list_content(*, number: int, previous: str, at: datetime) -> dict[str, Any]:
    """How every paper of record stands, as far as everybody may know it.

    Public papers stand with number and status. Of others there are hashes over a salt,
    new on each list, and the file's own hash or its code: who has the file finds it,
    who has not learns nothing, not even whether two lists name the same paper. They are
    filled up with random ones to a power of two, so that nobody counts papers. Kinds
    whose very number is a secret are left out, before an opening and after it: a
    receipt is proved by its seal and by the root of its box, a source selection paper
    is nobody's to check who does not have its seal.

    :param previous: SHA-256 of the list before
    """
    salt = secrets.token_bytes(32)
    papers, others = [], []
    for document, sha256 in _issued():
        listing = listing_of(document)
        if listing == Listing.NEVER:
            continue
        if document.is_public:
            papers.append(_listed(document, sha256, at))
        else:
            others.append(salted(salt, bytes.fromhex(sha256)))
            others.append(salted(salt, document.verification_code.encode()))
    return {
        "format": FORMAT,
        "site": settings.SITE_URL,
        "number": number,
        "as_of": instant(at),
        "previous_sha256": previous,
        "papers": sorted(papers, key=lambda paper: paper["sha256"]),
        "salt": salt.hex(),
        "others": sorted(_filled_up(others)),
    }


def salted(salt: bytes, value: bytes) -> str:
    """How the hash or the code of a paper that is not public stands on a list."""
    return hashlib.sha256(salt + value).hexdigest()


def _filled_up(others: list[str]) -> list[str]:
    size = LEAST_OTHERS
    while size <= len(others):
        size *= 2
    return others + [secrets.token_hex(32) for _ in range(size - len(others))]


def _issued() -> Iterator[tuple[Document, str]]:
    """Every paper that is printed, with the hash of its print of record."""
    last = Rendering.objects.filter(document=OuterRef("pk")).order_by("-pk")
    found = (
        Document.objects.annotate(print_hash=Subquery(last.values("blob__sha256")[:1]))
        .filter(print_hash__isnull=False)
        .order_by("pk")
    )
    for document in found.iterator(chunk_size=500):
        yield document, vars(document)["print_hash"]


def _listed(document: Document, sha256: str, at: datetime) -> dict[str, Any]:
    standing = standing_of(document, at)
    return {
        "sha256": sha256,
        "code": document.verification_code,
        "kind": document.kind,
        "number": document.number,
        "version": document.version,
        "issued_at": instant(document.requested_at),
        "status": str(standing.status),
        "words": standing.words,
        "since": standing.since.isoformat() if standing.since else "",
        "by": standing.by,
    }


def last_status_list() -> StatusList | None:
    """The list that was published last."""
    return StatusList.objects.select_related("blob").order_by("-number").first()


def get_status_list(number: int | None = None) -> StatusList:
    """One list by its number, or the last one.

    :raises NotPublished: while there is none
    :raises NotVisible: for a number that no list has
    """
    if number is None:
        last = last_status_list()
        if last is None:
            message = "No status list has been published yet; one is made every day."
            raise NotPublished(message)
        return last
    found = StatusList.objects.filter(number=number).select_related("blob").first()
    if found is None:
        message = "There is no status list of that number."
        raise NotVisible(message)
    return found


def trusted_certificates() -> Iterable[str]:
    """Every certificate that has signed a list, DER in base64, oldest first."""
    rows = StatusList.objects.order_by("number").values_list("certificate", flat=True)
    return list(dict.fromkeys(rows))

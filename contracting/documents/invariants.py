"""What must always hold of papers and of stored bytes."""

from __future__ import annotations

from collections.abc import Iterator

from contracting.core.canonical import canonical_json
from contracting.core.invariants import Invariant
from contracting.documents.models import Blob, Document
from contracting.documents.queries import read_blob
from contracting.documents.refusals import Damaged
from contracting.documents.states import DocumentState


def _damaged_blobs() -> Iterator[str]:
    for blob in Blob.objects.order_by("pk").iterator():
        try:
            content = read_blob(blob)
        except Damaged as damage:
            yield f"{blob.sha256}: {damage}"
        else:
            if len(content) != blob.size_bytes:
                yield f"{blob.sha256}: its size differs"


def _printed_without_a_print() -> Iterator[str]:
    ready = Document.objects.filter(state=DocumentState.RENDERED)
    for document in ready.filter(renderings__isnull=True).iterator():
        yield f"paper {document.public_id}"


def _failed_papers() -> Iterator[str]:
    for document in Document.objects.filter(state=DocumentState.FAILED).iterator():
        yield f"paper {document.public_id}, {document.title}: {document.last_error}"


def _contexts_that_are_not_plain() -> Iterator[str]:
    for document in Document.objects.order_by("pk").iterator():
        try:
            canonical_json(document.context)
        except TypeError as error:
            yield f"paper {document.public_id}: {error}"


INVARIANTS = [
    Invariant(
        code="DOC-1",
        sentence="Every stored file is there and is what was hashed.",
        check=_damaged_blobs,
    ),
    Invariant(
        code="DOC-2",
        sentence="Every paper that is ready has its print.",
        check=_printed_without_a_print,
    ),
    Invariant(
        code="DOC-3",
        sentence="No paper has been given up.",
        check=_failed_papers,
    ),
    Invariant(
        code="DOC-4",
        sentence="What a paper prints can be hashed again.",
        check=_contexts_that_are_not_plain,
    ),
]

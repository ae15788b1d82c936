"""Papers that are printed at once, with bytes of their own and no press."""

from __future__ import annotations

from typing import Any

import pytest

from contracting.documents import rendering
from contracting.documents.models import Document, Rendering
from contracting.documents.operations.render import render_document
from contracting.documents.queries import read_blob
from contracting.documents.signing import files


def without_a_press(patch: pytest.MonkeyPatch) -> None:
    """Prints are a few bytes that no other paper has, with no seal."""
    patch.setattr(
        rendering,
        "render",
        lambda sheet: b"%PDF-1.7\n" + sheet.identifier.hex().encode() + b"\n%%EOF\n",
    )
    patch.setattr(rendering, "renderer", lambda: "Quick press 1")
    patch.setattr(files, "is_sealed", lambda kind: False)


def print_all() -> None:
    """Print whatever waits."""
    for document in Document.objects.waiting():
        render_document(document_id=document.pk)


def print_of(document: Document) -> tuple[Rendering, bytes]:
    """The print of record, and its bytes."""
    made = document.rendering
    assert made is not None
    return made, read_blob(made.blob)


def paper(**named: Any) -> Document:
    """The last paper with these particulars."""
    found = Document.objects.filter(**named).order_by("-pk").first()
    assert found is not None, named
    return found

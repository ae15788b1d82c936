"""One filled paper of each kind, and the helpers to print and read it."""

from __future__ import annotations

import io
import json
import re
from datetime import UTC, datetime
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

from django.urls import reverse
from pypdf import PdfReader

from contracting.core.actors import Actor
from contracting.core.canonical import content_sha256, plain
from contracting.core.subjects import Subject
from contracting.documents import rendering
from contracting.documents.models import Document
from contracting.documents.operations.request import request_document
from tests.cast import actor, client_for

PAPERS: dict[str, dict[str, Any]] = json.loads(
    (Path(__file__).parent / "papers.json").read_text(encoding="utf-8")
)
KINDS = sorted(PAPERS)
REQUESTED = datetime(2026, 3, 2, 15, 0, 7, 250_000, tzinfo=UTC)


def context_of(kind: str) -> dict[str, Any]:
    """What the paper of that kind prints, without its title and number."""
    paper = {**PAPERS[kind]}
    del paper["title"], paper["number"]
    context: dict[str, Any] = plain(paper)
    return context


def sheet(kind: str, **more: Any) -> rendering.Sheet:
    """The filled sheet of that kind."""
    context = more.pop("context", None) or context_of(kind)
    particulars = {
        "kind": kind,
        "title": PAPERS[kind]["title"],
        "number": PAPERS[kind]["number"],
        "version": 3,
        "content_sha256": content_sha256(context),
        "context": context,
        "author": "Department of Examples",
        "created_at": REQUESTED,
    }
    return rendering.Sheet(**(particulars | more))


@cache
def printed(kind: str) -> bytes:
    """The PDF of the filled sheet; printed once in a run."""
    return rendering.render(sheet(kind))


@cache
def read(pdf: bytes) -> Any:
    """The PDF, opened; its objects are whatever the file says."""
    return PdfReader(io.BytesIO(pdf))


@cache
def texts_of(pdf: bytes) -> list[str]:
    """The words of each page, in reading order."""
    return [page.extract_text() for page in read(pdf).pages]


def text_of(pdf: bytes) -> str:
    """Every word of the PDF, in reading order."""
    return "\n".join(texts_of(pdf))


def squeezed(text: str) -> str:
    """Letters, digits and signs only: a line break within a word does not matter."""
    return re.sub(r"[\s\u00a0-]+", "", text).lower()


def request(
    by: Actor,
    at: datetime,
    *,
    kind: str = "task_order",
    agency_id: int | None = None,
    vendor_id: int | None = None,
    is_public: bool = False,
    context: dict[str, Any] | None = None,
    subject_id: int = 7,
) -> Document:
    """Request the filled paper of that kind, as the verb of a stage does."""
    return request_document(
        kind=kind,
        subject=Subject("orders.task_order", subject_id, "contract:1"),
        title=PAPERS[kind]["title"],
        number=PAPERS[kind]["number"],
        agency_id=agency_id or by.organization_id or 0,
        vendor_id=vendor_id,
        is_public=is_public,
        context=context_of(kind) if context is None else context,
        content_sha256=content_sha256(context_of(kind)),
        version=3,
        by=by,
        at=at,
    )


def sheet_of(document: Document) -> rendering.Sheet:
    """What the press gets of a paper that a verb has asked for."""
    return rendering.Sheet(
        kind=document.kind,
        title=document.title,
        number=document.number,
        version=document.version,
        content_sha256=document.content_sha256,
        context=document.context,
        author=document.agency.name,
        created_at=document.requested_at,
    )


def words_on(document: Document) -> str:
    """Every word of the paper as it is laid out, without spaces; nothing is printed."""
    html = re.sub(r"<style>.*?</style>", "", rendering.html_of(sheet_of(document)))
    return squeezed(unescape(re.sub(r"<[^>]+>", " ", html)))


def readers_of(document: Document, *parts: str) -> set[str]:
    """Which of these people find the paper; all others are told that it is not there.

    :raises AssertionError: if somebody sees it by the query and not by the page
    """
    found = set()
    for part in parts:
        seen = Document.objects.visible_to(actor(part)).filter(pk=document.pk).exists()
        page = reverse("documents:document", args=[document.public_id])
        status = client_for(actor(part)).get(page).status_code
        assert status == (200 if seen else 404), part
        if seen:
            found.add(part)
    return found

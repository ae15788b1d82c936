"""What a paper may take: pages, content and memory; beyond it, it fails with words."""

import resource

import pytest

from contracting.documents import paperwork, rendering
from contracting.documents.models import Document, Rendering
from contracting.documents.operations.render import MAX_ATTEMPTS, render_document
from contracting.documents.operations.retry import retry_document
from contracting.documents.paperwork.memory import data_bytes
from contracting.documents.states import DocumentState
from tests.documents.papers import request, sheet

MEGABYTE = 1024 * 1024


def left(document: Document) -> tuple[str, int, str]:
    document.refresh_from_db()
    return document.state, document.attempts, document.last_error


def test_too_many_pages_fail_at_once_and_say_how_many(
    contracting_officer, at, monkeypatch
):
    # Given a kind of paper that may have no page at all
    monkeypatch.setattr(paperwork, "_MOST_PAGES_OF", {"letter": 0})
    document = request(contracting_officer, at, kind="letter")

    # When a worker lays it out
    render_document(document_id=document.pk)

    # Then it is given up after one attempt, and nothing of it is kept
    state, attempts, why = left(document)
    assert (state, attempts) == (DocumentState.FAILED, 1)
    assert "page" in why
    assert "a letter has 0 at the most" in why
    assert "Put the long schedule into an attachment" in why
    assert Rendering.objects.count() == 0

    # And once it may have its pages, it is printed as it was asked for
    monkeypatch.undo()
    retry_document(document_id=document.pk, by=contracting_officer, at=at)
    render_document(document_id=document.pk)
    assert left(document)[0] == DocumentState.RENDERED


def test_too_much_content_is_not_even_laid_out(contracting_officer, at, monkeypatch):
    monkeypatch.setattr(paperwork, "MOST_CONTEXT_BYTES", 100)
    monkeypatch.setattr(rendering, "html_of", None)
    document = request(contracting_officer, at)

    render_document(document_id=document.pk)

    state, attempts, why = left(document)
    assert (state, attempts) == (DocumentState.FAILED, 1)
    assert "a paper prints 100 at the most" in why


def test_every_kind_of_paper_has_a_limit():
    assert all(40 <= paperwork.most_pages(kind) <= 600 for kind in ("letter", "new"))


@pytest.mark.skipif(not data_bytes(), reason="memory is bounded on Linux")
def test_a_press_that_takes_too_much_memory_fails_and_the_process_goes_on(
    contracting_officer, at, monkeypatch, settings
):
    # Given a press that wants more than a paper may take
    settings.PAPER_MEGABYTES = 50
    before = resource.getrlimit(resource.RLIMIT_DATA)
    monkeypatch.setattr(rendering, "render", lambda _: bytes(400 * MEGABYTE))
    document = request(contracting_officer, at)

    # When it prints
    render_document(document_id=document.pk)

    # Then the attempt says why, is tried again later, and the process may go on
    state, attempts, why = left(document)
    assert (state, attempts) == (DocumentState.REQUESTED, 1)
    assert "more than the 50 megabytes that a paper may take" in why
    assert document.next_attempt_at is not None
    assert resource.getrlimit(resource.RLIMIT_DATA) == before
    assert len(bytes(400 * MEGABYTE)) == 400 * MEGABYTE

    # And after as many attempts as any other paper it is given up
    for _ in range(MAX_ATTEMPTS - 1):
        render_document(document_id=document.pk)
    assert left(document)[0] == DocumentState.FAILED


def test_the_filled_papers_are_well_within_the_limits():
    assert rendering.render(sheet("letter")).startswith(b"%PDF-")

"""A paper is printed once, whoever tries; what goes wrong is written on its row."""

import hashlib
import json
import time
from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from contracting.audit.queries import events_of
from contracting.core import clock
from contracting.core.api import instant
from contracting.core.models import ClockTimestamp
from contracting.documents import rendering
from contracting.documents.models import Blob, Document, Rendering
from contracting.documents.operations import render
from contracting.documents.operations.render import render_document
from contracting.documents.queries import (
    pending_documents,
    read_blob,
    rendering_of,
)
from contracting.documents.states import DocumentState
from tests.cast import nothing_happens
from tests.documents.papers import read, request, text_of


@pytest.fixture
def no_press(monkeypatch):
    """A press that prints a few bytes at once."""
    monkeypatch.setattr(rendering, "render", lambda sheet: f"%PDF {sheet}".encode())


def test_a_paper_is_printed_stored_and_recorded(contracting_officer, at):
    # Given a requested paper
    document = request(contracting_officer, at)

    # When a worker prints it
    render_document(document_id=document.pk)

    # Then the print is kept under its hash, with what it was made by
    document.refresh_from_db()
    made = rendering_of(document)
    assert document.state == DocumentState.RENDERED
    assert (document.attempts, document.last_error) == (1, "")
    pdf = read_blob(made.blob)
    assert hashlib.sha256(pdf).hexdigest() == made.blob.sha256
    assert made.blob.media_type == "application/pdf"
    assert made.renderer.startswith("WeasyPrint ")
    assert made.template_sha256 == rendering.template_sha256("task_order")
    assert read(pdf).metadata.title == document.title
    assert document.content_sha256 in text_of(pdf)

    # And the event names the hash of the file, and when it was printed
    (event,) = events_of(document.as_subject)
    assert json.loads(event.payload)["at"] == instant(made.rendered_at)
    assert made.rendered_at > document.requested_at
    assert event.event == "documents.document.rendered"
    assert event.stream == document.stream
    assert json.loads(event.payload)["data"]["sha256"] == made.blob.sha256


def test_a_second_worker_prints_nothing(contracting_officer, at, no_press):
    document = request(contracting_officer, at)
    render_document(document_id=document.pk)

    with nothing_happens():
        assert render_document(document_id=document.pk) is None

    assert Rendering.objects.count() == 1


def test_a_paper_that_another_worker_is_printing_is_left_to_it(
    contracting_officer, at, no_press
):
    document = request(contracting_officer, at)
    Document.objects.filter(pk=document.pk).update(
        attempts=1, leased_until=ClockTimestamp() + render.LEASE
    )

    with nothing_happens():
        assert render_document(document_id=document.pk) is None


def test_a_print_that_comes_after_its_lease_was_given_away_is_dropped(
    contracting_officer, at, monkeypatch
):
    # Given a worker so slow that another one claims the paper while it prints
    document = request(contracting_officer, at)

    def slow(_):
        Document.objects.filter(pk=document.pk).update(attempts=2)
        return b"%PDF too late"

    monkeypatch.setattr(rendering, "render", slow)

    # When the slow one is ready after all
    assert render_document(document_id=document.pk) is None

    # Then the paper is still the other one's
    document.refresh_from_db()
    assert document.state == DocumentState.REQUESTED
    assert document.attempts == 2
    assert document.leased_until is not None
    assert not Rendering.objects.exists()


def test_a_paper_that_ends_its_worker_every_time_is_given_up_visibly(
    contracting_officer, at, monkeypatch
):
    # Given a paper at which every worker dies: nothing is recorded after the claim
    def die(_):
        raise SystemExit

    monkeypatch.setattr(rendering, "render", die)
    document = request(contracting_officer, at)
    for _ in range(render.MAX_ATTEMPTS):
        with pytest.raises(SystemExit):
            render_document(document_id=document.pk)
        Document.objects.filter(pk=document.pk).update(leased_until=ClockTimestamp())

    # When it is claimed once more
    render_document(document_id=document.pk)

    # Then it has failed, with a reason
    document.refresh_from_db()
    assert document.state == DocumentState.FAILED
    assert document.attempts == render.MAX_ATTEMPTS
    assert "never came back" in document.last_error
    assert document.leased_until is None
    (event,) = events_of(document.as_subject)
    assert event.event == "documents.document.failed"


def test_the_lease_is_renewed_while_the_press_works(
    own_database, contracting_officer, at, monkeypatch
):
    monkeypatch.setattr(render, "RENEWED_EVERY_SECONDS", 0.05)
    document = request(contracting_officer, at)
    leases: set[datetime | None] = set()

    def slow(_):
        end = time.monotonic() + 20
        while len(leases) < 3 and time.monotonic() < end:
            leases.add(Document.objects.get(pk=document.pk).leased_until)
        return b"%PDF at last"

    monkeypatch.setattr(rendering, "render", slow)

    printed = render_document(document_id=document.pk)

    assert printed is not None
    assert printed.state == DocumentState.RENDERED
    assert len(leases) == 3


def test_no_transaction_is_open_while_the_press_works(
    own_database, contracting_officer, at, monkeypatch
):
    document = request(contracting_officer, at)

    def look(_):
        assert not connection.in_atomic_block
        return b"%PDF"

    monkeypatch.setattr(rendering, "render", look)

    printed = render_document(document_id=document.pk)

    assert printed is not None
    assert printed.last_error == ""


def test_two_papers_of_the_same_bytes_share_them(contracting_officer, at, monkeypatch):
    monkeypatch.setattr(rendering, "render", lambda sheet: b"%PDF the same")

    for _ in range(2):
        render_document(document_id=request(contracting_officer, at).pk)

    assert Rendering.objects.count() == 2
    assert Blob.objects.count() == 1


def test_a_failure_is_written_down_and_tried_again_later(
    contracting_officer, at, monkeypatch
):
    monkeypatch.setattr(rendering, "render", _jam)
    document = request(contracting_officer, at)
    before = clock.now()

    render_document(document_id=document.pk)

    document.refresh_from_db()
    assert document.state == DocumentState.REQUESTED
    assert document.attempts == 1
    assert document.last_error == "ValueError: the paper is jammed"
    assert document.next_attempt_at is not None
    assert before < document.next_attempt_at <= clock.now() + render.FIRST_WAIT
    assert not events_of(document.as_subject).exists()


def test_each_wait_is_longer_than_the_one_before(contracting_officer, at, monkeypatch):
    monkeypatch.setattr(rendering, "render", _jam)
    document = request(contracting_officer, at)

    waits = []
    for _ in range(render.MAX_ATTEMPTS - 1):
        render_document(document_id=document.pk)
        document.refresh_from_db()
        assert document.next_attempt_at is not None
        waits.append(document.next_attempt_at - clock.now())

    assert waits == sorted(waits)
    assert waits[-1] > timedelta(minutes=10)


def test_after_many_failures_a_paper_is_given_up_visibly(
    contracting_officer, at, monkeypatch
):
    monkeypatch.setattr(rendering, "render", _jam)
    document = request(contracting_officer, at)

    for _ in range(render.MAX_ATTEMPTS):
        render_document(document_id=document.pk)

    document.refresh_from_db()
    assert document.state == DocumentState.FAILED
    assert document.attempts == render.MAX_ATTEMPTS
    assert document in pending_documents()
    (event,) = events_of(document.as_subject)
    assert event.event == "documents.document.failed"
    assert json.loads(event.payload)["at"] > instant(document.requested_at)


def test_a_print_that_was_half_recorded_leaves_nothing(
    contracting_officer, at, no_press, monkeypatch
):
    monkeypatch.setattr(rendering, "template_sha256", _jam)
    document = request(contracting_officer, at)

    render_document(document_id=document.pk)

    document.refresh_from_db()
    assert document.state == DocumentState.REQUESTED
    assert not Rendering.objects.exists()
    assert not Blob.objects.exists()


def test_without_pango_a_paper_waits_and_counts_no_attempt(
    contracting_officer, at, monkeypatch
):
    def missing(_):
        raise rendering.LibrariesMissing(rendering.INSTALL)

    monkeypatch.setattr(rendering, "render", missing)
    document = request(contracting_officer, at)

    for _ in range(render.MAX_ATTEMPTS + 1):
        render_document(document_id=document.pk)

    document.refresh_from_db()
    assert document.state == DocumentState.REQUESTED
    assert document.attempts == 0
    assert "libpango-1.0-0" in document.last_error


def test_a_print_cannot_be_changed(contracting_officer, at, no_press):
    document = request(contracting_officer, at)
    render_document(document_id=document.pk)

    with pytest.raises(DatabaseError), transaction.atomic():
        Rendering.objects.update(renderer="a typewriter")


def _jam(*_):
    raise ValueError("the paper is jammed")

"""What was asked for is done by another process, also when the message got lost."""

import os
import signal
from unittest.mock import patch

from contracting.core import clock
from contracting.core.models import ClockTimestamp
from contracting.documents import rendering, tasks
from contracting.documents.models import Document
from contracting.documents.operations import render
from contracting.documents.operations.sweep import sweep_documents
from contracting.documents.queries import read_blob
from contracting.documents.states import DocumentState
from tests.documents import files
from tests.documents.papers import request
from tests.workers import eventually


def printed(document) -> Document | None:
    found = Document.objects.filter(pk=document.pk, state=DocumentState.RENDERED)
    return found.first()


def test_a_paper_is_printed_after_the_commit(worker, contracting_officer, at):
    # When a paper is asked for, and the transaction is committed
    document = request(contracting_officer, at)

    # Then the worker has printed it, and its bytes are those of its hash
    paper = eventually(lambda: printed(document))
    print_of_it = paper.renderings.get()
    assert read_blob(print_of_it.blob).startswith(b"%PDF-")


def test_a_worker_killed_in_the_middle_of_a_print_is_made_good(
    worker, contracting_officer, at
):
    # Given a worker in the middle of a paper that takes long
    rows = [{"item": f"{number:05}", "code": "D1"} for number in range(3_000)]
    document = request(
        contracting_officer, at, kind="reconciliation", context={"findings": rows}
    )
    eventually(lambda: Document.objects.filter(pk=document.pk, attempts=1).exists())
    quick = request(contracting_officer, at)

    # When it is killed, its lease runs out, and another one sweeps
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()
    document.refresh_from_db()
    assert document.leased_until is not None
    assert document.leased_until < clock.now() + render.LEASE
    Document.objects.filter(pk=document.pk).update(leased_until=ClockTimestamp())
    with patch.object(rendering, "render", lambda sheet: files.pdf()):
        assert sweep_documents(at=clock.now()) == 2

    # Then both papers have one print, and the attempt that was lost has counted
    assert printed(quick)
    document.refresh_from_db()
    assert (document.state, document.attempts) == (DocumentState.RENDERED, 2)
    assert document.renderings.count() == 1


def test_a_lost_message_is_made_good_by_the_sweep(
    worker, contracting_officer, at, monkeypatch
):
    # Given a paper whose message never reached the broker
    monkeypatch.setattr(tasks.render_document, "apply_async", lambda *_, **__: None)
    document = request(contracting_officer, at)

    # When beat sends what it sends every few seconds
    tasks.sweep_documents.delay()

    # Then the paper is printed all the same
    assert eventually(lambda: printed(document))

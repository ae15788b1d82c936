"""What was asked for is done by another process, also when the message got lost."""

from contracting.documents import tasks
from contracting.documents.models import Document
from contracting.documents.queries import read_blob
from contracting.documents.states import DocumentState
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

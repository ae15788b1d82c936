"""Several workers at one paper: one prints it, the others find nothing to do."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connection

from contracting.documents import rendering
from contracting.documents.models import Blob, Rendering
from contracting.documents.operations.render import render_document
from contracting.documents.operations.store import store_blob
from contracting.documents.signing import files
from tests.documents.papers import request

WORKERS = 6


def test_a_paper_is_printed_once(own_database, contracting_officer, at, monkeypatch):
    monkeypatch.setattr(rendering, "render", lambda sheet: b"%PDF once")
    monkeypatch.setattr(files, "is_sealed", lambda kind: False)
    document = request(contracting_officer, at)

    results = _at_once(lambda: render_document(document_id=document.pk))

    assert sum(result is not None for result in results) == 1
    assert Rendering.objects.count() == 1


def test_the_same_bytes_from_many_are_kept_once(own_database):
    rows = _at_once(
        lambda: store_blob(content=b"from all of us", media_type="text/plain").pk
    )

    assert len(set(rows)) == 1
    assert Blob.objects.count() == 1


def _at_once(work):
    barrier = Barrier(WORKERS)

    def run(_):
        connection.ensure_connection()
        barrier.wait(timeout=20)
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(run, range(WORKERS)))

"""R-06: a worker is killed at any point of a print; one final file comes of it.

The press is the real one, on small papers; each worker is a process of its own that is
ended by SIGKILL, at each named point and at random instants.
"""

from __future__ import annotations

import hashlib
import os
import random
import signal
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections

from contracting.core import clock
from contracting.core.models import ClockTimestamp
from contracting.documents import rendering
from contracting.documents.models import Document, Rendering
from contracting.documents.operations import render, store_all
from contracting.documents.operations.clear_parts import clear_parts
from contracting.documents.operations.sweep import sweep_documents
from contracting.documents.queries import read_blob, rendering_of
from contracting.documents.refusals import NotReady
from contracting.documents.signing import files
from contracting.documents.states import DocumentState
from tests.documents.papers import request

KILLS = 20
POINTS = {
    "claimed": (render, "_sheet", "before"),
    "rendered": (rendering, "render", "after"),
    "signed": (files, "seal", "after"),
    "written": (store_all, "_flush", "before"),
    "hashed": (store_all, "_added", "before"),
    "recorded": (render, "record_event", "after"),
}
"""Where a worker is killed; a receipt is sealed, so that its print has all of them."""


@pytest.fixture(autouse=True)
def loaded():
    """The press and the seal are loaded once, as in a worker that forks."""
    import pyhanko.sign.signers
    import weasyprint

    assert {weasyprint.__name__, pyhanko.__name__} == {"weasyprint", "pyhanko"}


def forked(document: Document, before=lambda: None) -> int:
    """A worker of its own at that paper."""
    connections.close_all()
    child = os.fork()
    if child:
        return child
    try:
        before()
        render.render_document(document_id=document.pk)
    finally:
        os._exit(0)


def ended(child: int) -> bool:
    """Whether it was killed, once it has gone."""
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def dies_at(point: str) -> None:
    """The process kills itself there."""
    module, name, when = POINTS[point]
    inner = getattr(module, name)

    def dying(*words, **more):
        if when == "after":
            inner(*words, **more)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(module, name, dying)


def free_again(document: Document) -> None:
    """As if the minute of the lease were over."""
    Document.objects.filter(pk=document.pk, leased_until__isnull=False).update(
        leased_until=ClockTimestamp() - timedelta(seconds=1)
    )


def parts() -> list[Path]:
    """What lies in the storage and is no blob."""
    found = Path(settings.MEDIA_ROOT).glob("*/*")
    return [each for each in found if len(each.name.removesuffix(".zst")) > 64]


def nothing_is_downloadable(document: Document) -> None:
    document.refresh_from_db()
    if document.state != DocumentState.RENDERED:
        with pytest.raises(NotReady):
            rendering_of(document)
        assert not document.renderings.exists()


def one_final_file(document: Document) -> None:
    document.refresh_from_db()
    assert document.state == DocumentState.RENDERED
    made = Rendering.objects.get(document=document)
    content = read_blob(made.blob)
    assert hashlib.sha256(content).hexdigest() == made.blob.sha256
    assert (content[:5], content.rstrip()[-5:]) == (b"%PDF-", b"%%EOF")
    assert len(content) == made.blob.size_bytes


def finished(document: Document) -> None:
    """What beat does: sweep, and in time clear up.

    A statement under way ends on the server, whatever became of its worker.
    """
    for _ in range(100):
        free_again(document)
        sweep_documents(at=clock.now())
        if not Document.objects.waiting().exists():
            break
        time.sleep(0.05)
    clear_parts(at=clock.now(), older_than=timedelta())


def test_a_worker_killed_at_any_point_leaves_one_file(
    own_database, contracting_officer, at
):
    for point in POINTS:
        # Given a paper whose worker is killed at that point
        document = request(contracting_officer, at, kind="receipt")
        assert ended(forked(document, before=lambda at=point: dies_at(at))), point

        # Then nothing of it can be had
        nothing_is_downloadable(document)
        assert (len(parts()) == 1) is (point == "written"), point

        # And the next worker makes the one file of it; what was left in part is gone
        finished(document)
        one_final_file(document)
        assert parts() == []


def test_workers_killed_at_random_leave_one_file_each(
    own_database, contracting_officer, at
):
    # Given how long a small paper takes
    chance, first = random.Random(6), request(contracting_officer, at, kind="letter")
    started = time.monotonic()
    assert not ended(forked(first))
    takes = time.monotonic() - started
    one_final_file(first)

    # When workers are killed at twenty random instants; one that had ended counts for
    # nothing, but says that a print takes less
    killed, printed = 0, 1
    while killed < KILLS:
        document = request(contracting_officer, at, kind="letter")
        child = forked(document)
        time.sleep(chance.uniform(0, takes))
        os.kill(child, signal.SIGKILL)
        was_in_time = ended(child)
        killed, printed = killed + was_in_time, printed + 1
        takes *= 1 if was_in_time else 0.8
        nothing_is_downloadable(document)
        finished(document)
        one_final_file(document)

    # Then nothing is left in part
    assert parts() == []
    assert Document.objects.exclude(state=DocumentState.RENDERED).count() == 0
    assert Rendering.objects.count() == printed

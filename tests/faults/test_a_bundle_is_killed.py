"""A hundred papers become one file, however often the worker is killed meanwhile."""

from __future__ import annotations

import hashlib
import io
import json
import os
import random
import signal
import time
import zipfile

from django.db import connections

from contracting.core import clock
from contracting.core.canonical import content_sha256
from contracting.documents.models import Operation
from contracting.documents.operations import work_operation as working
from contracting.documents.operations.request import request_document
from contracting.documents.operations.work_operation import work_operation
from contracting.evidence.models import Archive, ArchiveFile
from contracting.evidence.operations.bundle import bundle_documents
from contracting.evidence.operations.hand_over import hand_over_archive
from contracting.evidence.queries import papers_of
from contracting.evidence.refusals import NotGathered
from tests.builders import released_solicitation
from tests.cast import actor
from tests.evidence.packs import file_of, printed

PAPERS = 100
KILLS = 10


def hundred_papers():
    """A solicitation with a hundred papers, each with its print."""
    solicitation = released_solicitation()
    officer = actor("contracting_officer")
    for number in range(1, PAPERS):
        request_document(
            kind="letter",
            subject=solicitation.subject,
            title=f"Letter {number}",
            number=f"L-{number:03}",
            agency_id=officer.own_organization_id,
            context={"number": number},
            content_sha256=content_sha256({"number": number}),
            version=1,
            by=officer,
            at=clock.now(),
        )
    printed()
    return solicitation


def killed_after(archive: Archive, seconds: float) -> bool:
    """A worker of its own at it, that is killed then; whether it was still at it."""
    connections.close_all()
    child = os.fork()
    if not child:
        try:
            work_operation(operation_id=archive.operation_id)
        finally:
            os._exit(0)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def test_it_goes_on_where_it_was_and_is_offered_whole_or_not_at_all(
    own_database, monkeypatch
):
    # Given a bundle of a hundred papers
    monkeypatch.setattr(working, "MAX_ATTEMPTS", KILLS + 5)
    officer, chance = actor("contracting_officer"), random.Random(6)
    solicitation = hundred_papers()
    papers = papers_of(solicitation, officer)
    archive = bundle_documents(
        about=solicitation,
        papers=[each.public_id for each in papers],
        by=officer,
        at=clock.now(),
    )

    # When its worker is killed again and again
    killed, most = 0, 0
    for _ in range(KILLS):
        killed += killed_after(archive, chance.uniform(0.01, 0.12))
        operation = Operation.objects.get(pk=archive.operation_id)
        assert operation.done >= most, "it never goes back"
        most = operation.done
        if not ArchiveFile.objects.filter(archive=archive).exists():
            assert archive.parts.count() < PAPERS + 1
            try:
                hand_over_archive(archive_id=archive.pk, by=officer, at=clock.now())
            except NotGathered:
                continue
            raise AssertionError("a part was offered as the whole")
    assert killed

    # Then the last one makes one file of it, with every paper once and as printed
    for _ in range(100):
        operation = Operation.objects.get(pk=archive.operation_id)
        if not operation.is_open:
            break
        work_operation(operation_id=archive.operation_id)
        time.sleep(0.02)
    assert operation.state == "SUCCEEDED", operation.last_error
    made, whole = hand_over_archive(archive_id=archive.pk, by=officer, at=clock.now())
    assert hashlib.sha256(whole).hexdigest() == file_of(archive).blob.sha256
    with zipfile.ZipFile(io.BytesIO(whole)) as file:
        files = json.loads(file.read("manifest.json"))["files"]
        listed = [each for each in files if each["kind"] == "paper"]
        assert [each["number"] for each in listed] == [each.number for each in papers]
        assert len(listed) == PAPERS
        for each in listed:
            assert hashlib.sha256(file.read(each["name"])).hexdigest() == each["sha256"]
    assert ArchiveFile.objects.get(archive=archive) == made

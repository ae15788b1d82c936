"""Gathering in steps: a worker that ends in the middle costs and gives nothing."""

import pytest

from accounts.models import Membership
from contracting.core import clock
from contracting.documents.models import Blob, Operation
from contracting.documents.operations import work_operation as work
from contracting.documents.operations.cancel_operation import cancel_operation
from contracting.documents.operations.store import store_blob
from contracting.evidence.models import Archive, ArchiveFile, ArchivePart
from contracting.evidence.operations import gather as gathering
from contracting.evidence.operations.hand_over import hand_over_archive
from contracting.evidence.refusals import NotGathered
from tests.cast import actor, nothing_happens
from tests.evidence.packs import bundle, gathered, pack, unpacked


def is_handed_over(archive: Archive, by: str) -> bool:
    try:
        hand_over_archive(archive_id=archive.pk, by=actor(by), at=clock.now())
    except NotGathered:
        return False
    return True


def test_a_step_that_is_lost_is_taken_again(contract, monkeypatch):
    # Given an archive gathered one paper at a step, whose worker ends in a step
    monkeypatch.setattr(gathering, "PAPERS_AT_ONCE", 1)
    archive = pack(contract)
    keep, lost = store_blob, [RuntimeError("gone")]

    def failing(**more):
        if lost:
            raise lost.pop()
        return keep(**more)

    monkeypatch.setattr(gathering, "store_blob", failing)
    half = gathered(archive)

    # Then what was gathered stays, and nothing of it is handed out
    papers = sum("paper" in entry for entry in archive.plan)
    assert half.parts.count() == papers
    assert not is_handed_over(half, "auditor")
    operation = Operation.objects.get(pk=archive.operation_id)
    assert (operation.state, operation.done) == ("RUNNING", papers)

    # And the next worker goes on behind it: every part once, and one file
    whole = gathered(archive)
    assert whole.parts.count() == len(archive.plan)
    assert ArchiveFile.objects.filter(archive=whole).count() == 1
    assert unpacked(whole, "auditor")


def test_what_is_stopped_is_never_offered(contract):
    archive = pack(contract)
    cancel_operation(
        operation_id=archive.operation_id, by=actor("auditor"), at=clock.now()
    )

    stopped = gathered(archive)

    assert stopped.file is None
    with nothing_happens(), pytest.raises(NotGathered, match="was stopped"):
        hand_over_archive(archive_id=archive.pk, by=actor("auditor"), at=clock.now())


def test_who_may_not_read_it_any_more_gets_nothing(contract):
    # Given a bundle asked for by somebody who leaves before it is gathered
    archive = bundle(contract, by="vendor_a_signer")
    acting = actor("vendor_a_signer")
    Membership.objects.filter(pk=acting.own_membership_id).update(is_active=False)

    left = gathered(archive)

    assert left.file is None
    assert ArchivePart.objects.filter(archive=archive).count() == 0
    assert Operation.objects.get(pk=archive.operation_id).state == "FAILED"


def test_a_damaged_paper_is_not_packed(contract, monkeypatch):
    archive = bundle(contract)
    paper = archive.plan[0]["rendering"]
    monkeypatch.setattr(gathering, "read_blob", lambda blob: _damaged(blob, paper))

    assert gathered(archive).file is None
    operation = Operation.objects.get(pk=archive.operation_id)
    assert operation.state == "FAILED"
    assert "does not match its hash" in operation.last_error


def _damaged(blob: Blob, _):
    from contracting.documents.refusals import Damaged

    message = "The stored file does not match its hash and is not shown."
    raise Damaged(message, sha256=blob.sha256)


def test_too_much_is_refused_and_says_what_to_do(contract, monkeypatch):
    monkeypatch.setattr(gathering, "MOST_BYTES", 10)
    archive = bundle(contract)

    assert gathered(archive).file is None
    operation = Operation.objects.get(pk=archive.operation_id)
    assert "Choose fewer papers" in operation.last_error
    assert work.MAX_ATTEMPTS > 1

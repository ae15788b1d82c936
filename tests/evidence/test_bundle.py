"""Papers chosen on a list become one ZIP with a manifest."""

import hashlib

import pytest

from contracting.core import clock
from contracting.core.errors import NotAllowed
from contracting.documents.models import Document, Operation
from contracting.documents.queries import read_blob, rendering_of
from contracting.evidence import paperwork
from contracting.evidence.models import Archive
from contracting.evidence.operations import bundle as bundling
from contracting.evidence.operations.bundle import bundle_documents
from contracting.evidence.queries import papers_of
from contracting.evidence.refusals import (
    NothingToGather,
    PapersNotPrinted,
    TooManyArchives,
)
from tests.cast import actor, nothing_happens
from tests.documents.papers import request
from tests.evidence.packs import (
    bundle,
    file_of,
    gathered,
    manifest_of,
    printed,
    unpacked,
)


def test_a_bundle_has_every_chosen_paper_and_its_manifest(contract):
    # Given the papers of a contract that its representative may read
    papers = papers_of(contract, actor("cor"))
    assert {"contract", "task_order", "voucher"} <= {each.kind for each in papers}

    # When all are put into one file
    archive = gathered(bundle(contract))
    files = unpacked(archive, "cor")
    manifest = manifest_of(files)

    # Then each is there, byte for byte, and the manifest says what it is
    listed = [each for each in manifest["files"] if each["kind"] == "paper"]
    assert [each["number"] for each in listed] == [each.number for each in papers]
    for each, paper in zip(listed, papers, strict=True):
        content = files[each["name"]]
        assert hashlib.sha256(content).hexdigest() == each["sha256"]
        assert each["sha256"] == rendering_of(paper).blob.sha256
        assert each["size_bytes"] == len(content)
        assert (each["version"], each["content_sha256"]) == (
            paper.version,
            paper.content_sha256,
        )
    assert manifest["complete"] is True
    assert set(files) - {each["name"] for each in manifest["files"]} == {
        "manifest.json",
        "SHA256SUMS",
    }

    # And the hash of the whole is kept, with that of the manifest
    operation = Operation.objects.get(pk=archive.operation_id)
    assert (operation.state, operation.result_path) == ("SUCCEEDED", archive.path)
    assert operation.done == operation.total == len(papers) + 1
    told = hashlib.sha256(files["manifest.json"]).hexdigest()
    assert file_of(archive).manifest_sha256 == told


def test_the_same_parts_give_the_same_bytes(contract):
    archive = gathered(bundle(contract))
    parts = archive.parts.select_related("blob").order_by("position")
    members = [paperwork.member_of(each, read_blob(each.blob)) for each in parts]
    members += paperwork.guides(archive, members)

    again = paperwork.zip_of(members, paperwork.manifest_of(archive, members))

    assert hashlib.sha256(again).hexdigest() == file_of(archive).blob.sha256


def test_asking_again_while_it_is_under_way_leads_to_the_same(contract):
    one = bundle(contract)

    assert bundle(contract).pk == one.pk
    assert Archive.objects.count() == 1


def test_a_paper_of_another_is_not_there(contract):
    # Given a paper that the vendor alone may not read
    closed = request(actor("contracting_officer"), contract.awarded_at)
    printed()

    for chosen in ([closed.public_id], ["doc_" + "0" * 26]):
        with nothing_happens(), pytest.raises(NothingToGather, match="is not there"):
            bundle(contract, by="vendor_a_signer", papers=chosen)


def test_nothing_and_too_much_are_refused(contract, monkeypatch):
    with nothing_happens(), pytest.raises(NothingToGather, match="at least one"):
        bundle(contract, papers=[])

    monkeypatch.setattr(bundling, "MOST_PAPERS", 2)
    with nothing_happens(), pytest.raises(NothingToGather, match="2 papers at the"):
        bundle(contract)


def test_a_paper_without_its_print_is_named(contract):
    # Given a paper of the contract that could not be printed
    paper = papers_of(contract, actor("cor"))[-1]
    waiting = Document.objects.create(
        kind="letter",
        subject_kind=paper.subject_kind,
        subject_id=paper.subject_id,
        stream=paper.stream,
        title="Letter about delay",
        number="L-1",
        agency_id=paper.agency_id,
        context={},
        content_sha256="0" * 64,
        version=1,
        requested_at=paper.requested_at,
        requested_by_name="Ada",
    )

    with nothing_happens(), pytest.raises(PapersNotPrinted, match="Letter about delay"):
        bundle(contract)
    Document.objects.filter(pk=waiting.pk).update(state="FAILED", last_error="jammed")
    with nothing_happens(), pytest.raises(PapersNotPrinted, match="that have failed"):
        bundle(contract)


def test_an_organization_has_some_under_way_and_no_more(contract):
    papers = [each.public_id for each in papers_of(contract, actor("cor"))]
    for each in papers[:3]:
        bundle(contract, papers=[each])

    with nothing_happens(), pytest.raises(TooManyArchives):
        bundle(contract)


def test_a_machine_is_no_person(contract, gateway):
    with nothing_happens(), pytest.raises(NotAllowed):
        bundle_documents(about=contract, papers=["x"], by=gateway, at=clock.now())

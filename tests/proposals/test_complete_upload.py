"""Putting a file that came in pieces into a draft, and what its receipt says."""

import json
from hashlib import sha256

import pytest
from django.urls import reverse

from contracting.core.actors import SYSTEM
from contracting.core.canonical import canonical_json
from contracting.core.errors import NotAllowed, NotVisible
from contracting.documents.refusals import FileNotTaken
from contracting.proposals.models import DraftUpload, SealedDraftFile, UploadPiece
from contracting.proposals.operations.detach import detach_draft_file
from contracting.proposals.operations.submit import submit_draft
from contracting.proposals.queries import draft_of, files_of, workspace_of
from contracting.proposals.refusals import (
    DraftFileUnfit,
    DraftNotSealed,
    UploadDamaged,
    UploadMisplaced,
)
from contracting.submissions.calculations import receipt_content
from contracting.submissions.health.models import BegunUpload
from contracting.submissions.operations.close import close_receipts
from contracting.submissions.paperwork import proof, receipt
from contracting.submissions.sealing.tree import leaf_of
from tests.builders import released_solicitation
from tests.cast import actor, client_for, nothing_happens
from tests.documents import files
from tests.offers import (
    after,
    before,
    latest_version,
    opened_offers,
    submitted_offer,
)
from tests.proposals.drafts import (
    appended,
    begun_upload,
    completed,
    sealed_file,
    whole_draft,
)
from tests.proposals.test_attach_sealed import with_a_draft

pytestmark = pytest.mark.django_db

PLAN = b"Our other plan."


@pytest.fixture(autouse=True)
def _quick(settings):
    settings.OPENER_KEY_ITERATIONS = 100


def come(solicitation, content=PLAN, *, at=None, then=None, **how):
    """A file comes in two pieces, the second of them at another instant."""
    upload = begun_upload(solicitation, content, at=at, **how)
    half = len(content) // 2
    appended(solicitation, upload, content, end=half, at=at)
    return appended(solicitation, upload, content, start=half, at=then or at)


def submitted(solicitation, at):
    signer = actor("vendor_a_signer")
    return submit_draft(
        solicitation_id=solicitation.pk,
        seen=workspace_of(signer, solicitation, at).fingerprint,
        by=signer,
        at=at,
    )


def test_it_is_attached_once_and_its_pieces_are_gone(vendor_a_member):
    solicitation = released_solicitation()
    upload = come(solicitation)

    done = completed(solicitation, upload)

    (facts,) = files_of(draft_of(vendor_a_member, solicitation))
    assert (facts.public_id, facts.name) == (done.file, "plan.txt")
    assert facts.sha256 == sha256(PLAN).hexdigest()
    assert not UploadPiece.objects.exists()
    with nothing_happens():
        assert completed(solicitation, upload).file == done.file


@pytest.mark.rule("R-SUB-12", case="refused")
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("plan.pdf", PLAN),
        ("plan.zip", files.nested(PLAN, 4)),
        ("plan.zip", files.bomb(21)),
    ],
    ids=["another kind", "too deep", "a bomb"],
)
def test_it_is_checked_as_a_file_that_comes_at_once(name, content):
    solicitation = released_solicitation()
    upload = come(solicitation, content, name=name)

    with nothing_happens(), pytest.raises(FileNotTaken) as refusal:
        completed(solicitation, upload)

    assert refusal.value.rule == "R-SUB-12"


def test_what_is_not_whole_or_damaged_is_not_attached():
    # Given a file of which the last byte is missing
    solicitation = released_solicitation()
    upload = begun_upload(solicitation, PLAN, says_hash=False)
    appended(solicitation, upload, PLAN, end=len(PLAN) - 1)
    with nothing_happens(), pytest.raises(UploadMisplaced) as refusal:
        completed(solicitation, upload)
    assert refusal.value.data["offset"] == len(PLAN) - 1

    # And one that is whole, of which no hash is said, or another one
    appended(solicitation, upload, PLAN, start=len(PLAN) - 1)
    for said in ("", sha256(b"other").hexdigest()):
        with nothing_happens(), pytest.raises(UploadDamaged):
            completed(solicitation, upload, sha256=said)
    completed(solicitation, upload, sha256=sha256(PLAN).hexdigest())

    # Nor is one of the name of another, nor one that was damaged on its way
    another = come(solicitation, b"Another one.")
    with nothing_happens(), pytest.raises(DraftFileUnfit):
        completed(solicitation, another)
    damaged = begun_upload(solicitation, PLAN, name="damaged.txt")
    appended(solicitation, damaged, PLAN, content=PLAN[::-1])
    with nothing_happens(), pytest.raises(UploadDamaged):
        completed(solicitation, damaged)


def test_nobody_else_completes_it():
    solicitation = released_solicitation()
    upload = come(solicitation)

    for part in ("vendor_b_member", "contracting_officer"):
        with nothing_happens(), pytest.raises(NotVisible):
            completed(solicitation, upload, by=part)
    with nothing_happens(), pytest.raises(NotAllowed):
        completed(solicitation, upload, by="vendor_a_administrator")


def test_a_file_that_a_browser_has_sealed_comes_in_pieces_too():
    # Given a sealed draft, and a file that a browser has sealed
    solicitation = with_a_draft()
    file = sealed_file(content=b"x" * 9000)
    upload = come(solicitation, file.sealed, sealed=file)

    # When all of it is here
    done = completed(solicitation, upload)

    # Then the draft has it as if it had come at once
    kept = SealedDraftFile.objects.get()
    assert (kept.public_id, bytes(kept.sealed_content)) == (done.file, file.sealed)
    assert bytes(kept.sealed_facts) == file.facts
    assert bytes(kept.wrapped_key) == file.wrapped_key
    with nothing_happens():
        completed(solicitation, upload)

    # But not what is no sealed file, nor from who does not hold the key
    wrong = sealed_file()
    upload = come(solicitation, wrong.sealed[:-1], sealed=wrong)
    with nothing_happens(), pytest.raises(DraftNotSealed):
        completed(solicitation, upload)
    with nothing_happens(), pytest.raises(NotAllowed):
        completed(solicitation, upload, by="vendor_a_administrator")


@pytest.mark.rule("R-SUB-07", case="allowed")
def test_the_receipt_has_its_three_times(vendor_a_signer):
    # Given a draft with one file that came at once, and two in pieces
    solicitation = released_solicitation()
    whole_draft(on=solicitation)
    first = before(solicitation, hours=1)
    for minutes, name in ((50, "second.txt"), (60, "first.txt")):
        at = before(solicitation, minutes=minutes)
        completed(solicitation, come(solicitation, name=name, at=at), at=at)

    # When it is submitted
    version = latest_version(submitted(solicitation, before(solicitation, minutes=1)))

    # Then its receipt says when the first byte came, and it verifies with that
    assert version.first_byte_at == first
    assert receipt_content(version)["first_byte_at"] == first
    facts = {each["label"]: each["value"] for each in receipt(version)["facts"]}
    assert f"{first:%H:%M:%S}" in facts["First byte received"]
    assert not DraftUpload.objects.exists()
    close_receipts(solicitation_id=solicitation.pk, by=SYSTEM, at=after(solicitation))
    told = json.loads(canonical_json(proof(version)))
    assert told["receipt"]["first_byte_at"] == f"{first:%Y-%m-%dT%H:%M:%S.%fZ}"
    assert leaf_of(told["receipt"]).hex() == told["leaf"]
    page = reverse("submissions:receipt", args=[version.public_id])
    assert "First byte, UTC" in client_for(vendor_a_signer).get(page).text


def test_a_draft_without_them_does_not_tell_of_a_first_byte():
    # Given a draft of which the file that came in pieces was removed
    solicitation = released_solicitation()
    whole_draft(on=solicitation)
    done = completed(solicitation, come(solicitation, name="removed.txt"))
    detach_draft_file(
        solicitation_id=solicitation.pk,
        file=done.file,
        by=actor("vendor_a_member"),
        at=before(solicitation, hours=1),
    )

    version = latest_version(submitted(solicitation, before(solicitation)))

    assert version.first_byte_at is None
    assert receipt_content(version)["first_byte_at"] is None


def test_what_was_on_its_way_at_the_deadline_is_kept_and_listed(monkeypatch):
    # Given an offer in time, and a file whose second piece comes after the deadline
    solicitation = released_solicitation()
    submitted_offer(on=solicitation, by="vendor_b_signer")
    whole_draft(on=solicitation)
    early, late = before(solicitation, minutes=1), after(solicitation, minutes=1)
    earlier = before(solicitation, hours=1)
    upload = come(solicitation, name="early.txt", at=earlier)
    completed(solicitation, upload, at=earlier)
    upload = come(solicitation, name="late.txt", at=early, then=late)

    # When it is completed and the draft submitted
    completed(solicitation, upload, at=late)
    last = after(solicitation, minutes=2)
    version = latest_version(submitted(solicitation, last))

    # Then the offer is late and kept, with both times
    assert version.is_late
    assert len(version.files) == 2 + 3
    assert (version.first_byte_at, version.received_at) == (earlier, last)
    assert BegunUpload.objects.get(version=version).begun_at == early

    # And the officer sees them beside it once the offers are opened
    opened_offers(on=solicitation)
    monkeypatch.setattr("contracting.core.clock.now", lambda: last)
    page = reverse("submissions:opening", args=[solicitation.public_id])
    shown = client_for(actor("contracting_officer")).get(page).text
    assert "Begun in time on" in shown


def test_who_begins_after_the_deadline_or_was_whole_by_it_is_only_late():
    solicitation = released_solicitation()
    whole_draft(on=solicitation)
    completed(solicitation, come(solicitation, name="other.txt"))

    version = latest_version(submitted(solicitation, after(solicitation)))

    assert version.is_late
    assert version.first_byte_at == before(solicitation, hours=2)
    assert not BegunUpload.objects.exists()

"""Handing in an offer that was sealed before it was sent, and came in pieces."""

import json
from base64 import b64encode
from dataclasses import asdict
from datetime import timedelta
from hashlib import sha256

import pytest
from django.urls import reverse

from contracting.core.errors import NotAllowed, NotVisible
from contracting.proposals.models import DraftUpload, UploadPiece
from contracting.proposals.operations.begin_upload import begin_upload
from contracting.proposals.operations.submit_upload import submit_upload
from contracting.proposals.pieces import ToSend
from contracting.proposals.refusals import (
    DraftTooLarge,
    UploadDamaged,
    UploadMisplaced,
)
from contracting.submissions.health.models import BegunUpload
from contracting.submissions.models import OpenedOffer, Submission
from contracting.submissions.refusals import (
    AmendmentNotAcknowledged,
    DeadlinePassed,
    SealedElsewhere,
)
from contracting.submissions.sealing.offers import ENVELOPE
from tests.builders import released_solicitation
from tests.cast import actor, client_for, nothing_happens
from tests.offers import (
    after,
    amended_solicitation,
    before,
    deadline,
    latest_version,
    opened_offers,
    submitted_offer,
)
from tests.proposals.drafts import appended, begun_upload, completed
from tests.sealed_offers import sealed_offer

pytestmark = pytest.mark.django_db

PLAN = b"Our plan. " * 5000


def begun(solicitation, offer, *, by="vendor_a_signer", at=None):
    """The sealed bytes of an offer are begun to be sent."""
    return begin_upload(
        solicitation_id=solicitation.pk,
        file=ToSend(
            f"{offer.submission}/{offer.version}",
            len(offer.sealed),
            sha256(offer.sealed).hexdigest(),
            is_offer=True,
        ),
        by=actor(by),
        at=at or before(solicitation, hours=2),
    )


def come(solicitation, offer, *, by="vendor_a_signer", at=None, last_at=None):
    """All of them have come, in two pieces."""
    upload = begun(solicitation, offer, by=by, at=at)
    half = len(offer.sealed) // 2
    appended(solicitation, upload, offer.sealed, end=half, by=by, at=at)
    appended(solicitation, upload, offer.sealed, start=half, by=by, at=last_at or at)
    return upload


def handed_in(solicitation, upload, offer, *, by="vendor_a_signer", at=None, **other):
    told = {
        "told": offer,
        "sha256": sha256(offer.sealed).hexdigest(),
        "acknowledged": [],
        **other,
    }
    return submit_upload(
        solicitation_id=solicitation.pk,
        upload=upload.public_id,
        **told,
        by=actor(by),
        at=at or before(solicitation),
    )


@pytest.mark.rule("R-SUB-01", case="allowed")
def test_an_offer_in_pieces_is_received_as_one_that_comes_at_once():
    # Given an offer with a file, all of which has come in two pieces
    solicitation = released_solicitation()
    offer = sealed_offer(solicitation, files={"plan.txt": PLAN})
    upload = come(solicitation, offer)

    # When it is handed in at the very deadline
    submission = handed_in(solicitation, upload, offer, at=deadline(solicitation))

    # Then it is in time, says when its first byte came, and no piece is left
    version = latest_version(submission)
    assert submission.public_id == offer.submission
    assert (version.mode, version.is_late) == ("CLIENT", False)
    assert version.first_byte_at == before(solicitation, hours=2)
    assert not UploadPiece.objects.exists()
    assert not DraftUpload.objects.exists()

    # And it opens to what was sealed
    opened_offers(on=solicitation)
    opened = OpenedOffer.objects.get(submission=submission)
    assert (opened.flaws, [file["name"] for file in opened.files]) == ([], ["plan.txt"])


def test_an_offer_that_is_here_is_replaced_until_the_deadline():
    solicitation = released_solicitation()
    mine = submitted_offer(on=solicitation, by="vendor_a_signer")
    offer = sealed_offer(solicitation)
    upload = come(solicitation, offer)

    again = handed_in(solicitation, upload, offer)
    assert (again.pk, latest_version(again).number) == (mine.pk, 2)

    late = sealed_offer(solicitation)
    upload = come(solicitation, late)
    with nothing_happens(), pytest.raises(DeadlinePassed):
        handed_in(solicitation, upload, late, at=after(solicitation))


@pytest.mark.rule("R-SUB-08", case="allowed")
def test_what_was_begun_in_time_and_whole_after_the_deadline_is_late_and_kept_as_such():
    solicitation = released_solicitation()
    ends = deadline(solicitation)

    # Given one whose last byte comes after the deadline, and one that was whole before
    for by, begins, last in (
        ("vendor_a_signer", ends, ends + timedelta(seconds=1)),
        ("vendor_b_signer", ends - timedelta(minutes=9), ends),
    ):
        offer = sealed_offer(solicitation, by=by)
        upload = come(solicitation, offer, by=by, at=begins, last_at=last)
        handed_in(solicitation, upload, offer, by=by, at=ends + timedelta(minutes=5))

    # Then all are late, and only of the first the first byte is kept for the decision
    assert {each.state for each in Submission.objects.all()} == {"LATE"}
    kept = BegunUpload.objects.get()
    assert kept.begun_at == ends


def test_what_is_not_whole_not_sound_or_of_another_kind_is_not_handed_in():
    solicitation = amended_solicitation()
    offer = sealed_offer(solicitation)
    upload = begun(solicitation, offer)
    appended(
        solicitation,
        upload,
        offer.sealed,
        end=len(offer.sealed) - 1,
        by="vendor_a_signer",
    )

    with nothing_happens(), pytest.raises(UploadMisplaced) as short:
        handed_in(solicitation, upload, offer)
    assert short.value.data["offset"] == len(offer.sealed) - 1
    appended(
        solicitation,
        upload,
        offer.sealed,
        start=len(offer.sealed) - 1,
        by="vendor_a_signer",
    )
    with nothing_happens(), pytest.raises(UploadDamaged):
        handed_in(solicitation, upload, offer, sha256="0" * 64)
    with nothing_happens(), pytest.raises(AmendmentNotAcknowledged):
        handed_in(solicitation, upload, offer)
    with nothing_happens(), pytest.raises(UploadMisplaced):
        completed(solicitation, upload, by="vendor_a_signer")

    # Nor is a file of a draft an offer
    file = begun_upload(solicitation, PLAN)
    appended(solicitation, file, PLAN)
    with nothing_happens(), pytest.raises(UploadMisplaced):
        handed_in(solicitation, file, offer, acknowledged=["0001"])

    # And what is sealed as another version is refused, and its pieces stay
    submitted_offer(on=solicitation, by="vendor_a_signer")
    with nothing_happens(), pytest.raises(SealedElsewhere):
        handed_in(solicitation, upload, offer, acknowledged=["0001"])


def test_only_a_signer_of_the_same_vendor_hands_it_in():
    solicitation = released_solicitation()
    offer = sealed_offer(solicitation)
    with nothing_happens(), pytest.raises(NotAllowed):
        begun(solicitation, offer, by="vendor_a_member")
    with nothing_happens(), pytest.raises(NotAllowed):
        begun(solicitation, offer, by="contracting_officer")
    upload = come(solicitation, offer)

    with nothing_happens(), pytest.raises(NotAllowed):
        handed_in(solicitation, upload, offer, by="vendor_a_member")
    with nothing_happens(), pytest.raises(NotVisible):
        handed_in(solicitation, upload, offer, by="vendor_b_signer")
    handed_in(solicitation, upload, offer)
    with nothing_happens(), pytest.raises(NotVisible):
        handed_in(solicitation, upload, offer)


@pytest.mark.rule("R-SUB-12", case="refused")
def test_more_than_any_offer_has_is_not_begun():
    solicitation = released_solicitation(terms={"most_megabytes": 1})
    for size in (0, 4 * 1024 * 1024):
        with nothing_happens(), pytest.raises(DraftTooLarge):
            begin_upload(
                solicitation_id=solicitation.pk,
                file=ToSend("sub_x/1", size, "0" * 64, is_offer=True),
                by=actor("vendor_a_signer"),
                at=before(solicitation),
            )


def envelope_of(offer):
    return json.dumps(
        {
            "format": ENVELOPE,
            "submission": offer.submission,
            "version": offer.version,
            "fingerprint": offer.fingerprint,
            "wrapped_key": b64encode(offer.wrapped_key).decode(),
            "content_sha256": offer.content_sha256,
            "sealed_sha256": sha256(offer.sealed).hexdigest(),
            "parts": [asdict(part) for part in offer.parts],
        }
    )


@pytest.fixture
def released(monkeypatch):
    solicitation = released_solicitation()
    instant = before(solicitation, minutes=5)
    monkeypatch.setattr("contracting.core.clock.now", lambda: instant)
    return solicitation


def test_the_page_hands_it_in_once_however_often_it_is_pressed(released):
    # Given an offer that has come through the doors
    browser = client_for(actor("vendor_a_signer"))
    offer = sealed_offer(released)
    form = {
        "name": f"{offer.submission}/1",
        "size_bytes": len(offer.sealed),
        "sha256": sha256(offer.sealed).hexdigest(),
        "is_offer": "on",
    }
    begin = reverse("proposals:begin_upload", args=[released.public_id])
    upload = browser.post(begin, form).json()
    size = len(offer.sealed)
    browser.put(
        upload["append"],
        offer.sealed,
        content_type="application/octet-stream",
        headers={"Content-Range": f"bytes 0-{size - 1}/{size}"},
    )

    # When it is sent without a token, with rubbish, and then twice as it should be
    sent = {"envelope": envelope_of(offer)}
    with nothing_happens():
        assert browser.post(upload["submit"], sent).status_code == 400
    token = {"form_token": "once-and-no-more"}
    for rubbish in ("", "{", "[]", "null", '{"parts": 1}', "[" * 9000):
        with nothing_happens():
            reply = browser.post(upload["submit"], {"envelope": rubbish, **token})
        assert reply.status_code == 422
    replies = [browser.post(upload["submit"], sent | token) for _ in "ab"]

    # Then both lead to the one receipt; a stranger, or anybody later, finds nothing
    (one, other) = replies
    assert (one.status_code, other.status_code) == (303, 303)
    assert one["Location"] == other["Location"]
    assert one["Location"].startswith("/receipts/")
    assert Submission.objects.count() == 1
    stranger = client_for(actor("vendor_b_signer"))
    assert stranger.post(upload["submit"], sent | token).status_code == 404
    assert browser.get(upload["submit"]).status_code == 404


def test_its_page_leads_to_the_one_on_which_an_offer_is_written(released):
    offer = sealed_offer(released)
    upload = begun(released, offer)
    at = reverse(
        "proposals:submit_upload", args=[released.public_id, 0, upload.public_id]
    )
    reply = client_for(actor("vendor_a_signer")).get(at)
    assert (reply.status_code, reply["Location"]) == (
        302,
        reverse("submissions:submit_submission", args=[released.public_id]),
    )
    assert client_for(actor("vendor_b_signer")).get(at).status_code == 404

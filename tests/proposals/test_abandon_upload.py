"""Giving up a file that is on its way to a draft."""

from datetime import timedelta

import pytest

from contracting.audit.models import AuditEvent
from contracting.core.actors import SYSTEM
from contracting.core.errors import NotAllowed, NotVisible
from contracting.proposals.models import DraftUpload, UploadPiece
from contracting.proposals.operations.abandon_upload import abandon_upload
from contracting.proposals.operations.discard import discard_draft
from contracting.proposals.operations.expire import expire_drafts
from contracting.proposals.pieces import UPLOAD_KEPT
from contracting.proposals.refusals import UploadMisplaced
from tests.builders import released_solicitation
from tests.cast import actor, nothing_happens
from tests.offers import after, before
from tests.proposals.drafts import appended, begun_upload, completed

pytestmark = pytest.mark.django_db

PLAN = b"Our plan."


def abandoned(solicitation, upload, by="vendor_a_member"):
    abandon_upload(
        solicitation_id=solicitation.pk,
        upload=upload.public_id,
        by=actor(by),
        at=before(solicitation),
    )


@pytest.fixture
def half_here():
    solicitation = released_solicitation()
    upload = begun_upload(solicitation, PLAN)
    return solicitation, appended(solicitation, upload, PLAN, end=4)


def test_what_has_come_goes(half_here):
    solicitation, upload = half_here

    abandoned(solicitation, upload, by="vendor_a_signer")

    assert not DraftUpload.objects.exists()
    assert not UploadPiece.objects.exists()
    told = AuditEvent.objects.get(event="proposals.upload.abandoned")
    assert told.stream == f"upload:{upload.public_id}"
    with nothing_happens(), pytest.raises(NotVisible):
        abandoned(solicitation, upload)


def test_others_cannot_and_what_is_in_the_draft_stays(half_here):
    solicitation, upload = half_here
    for part in ("vendor_b_member", "contracting_officer"):
        with nothing_happens(), pytest.raises(NotVisible):
            abandoned(solicitation, upload, by=part)
    with nothing_happens(), pytest.raises(NotAllowed):
        abandoned(solicitation, upload, by="vendor_a_administrator")

    appended(solicitation, upload, PLAN, start=4)
    completed(solicitation, upload)
    with nothing_happens(), pytest.raises(UploadMisplaced, match="in the draft"):
        abandoned(solicitation, upload)


def test_it_goes_a_day_after_it_was_begun(half_here):
    solicitation, upload = half_here
    end = upload.begun_at + UPLOAD_KEPT

    with nothing_happens():
        expire_drafts(by=SYSTEM, at=end - timedelta(microseconds=1))
    assert expire_drafts(by=SYSTEM, at=end) == 0

    assert not UploadPiece.objects.exists()
    assert AuditEvent.objects.filter(event="proposals.upload.expired").exists()


def test_it_goes_with_the_draft_that_is_discarded_or_expires(half_here):
    # Given a file that came, and one that is on its way
    solicitation, upload = half_here
    other = begun_upload(solicitation, PLAN, name="other.txt")
    completed(solicitation, appended(solicitation, other, PLAN))

    # When the draft is discarded, both are forgotten
    discard_draft(
        solicitation_id=solicitation.pk,
        by=actor("vendor_a_member"),
        at=before(solicitation),
    )
    assert not DraftUpload.objects.exists()

    # And so when one expires with its draft
    other = begun_upload(solicitation, PLAN)
    completed(solicitation, appended(solicitation, other, PLAN))
    assert expire_drafts(by=SYSTEM, at=after(solicitation, days=31)) == 1
    assert not DraftUpload.objects.exists()

"""Taking a file out of a draft that a browser has sealed."""

import pytest

from contracting.audit.models import AuditEvent
from contracting.core.errors import NotAllowed
from contracting.proposals.models import SealedDraftFile
from contracting.proposals.operations.detach_sealed import detach_sealed_file
from contracting.proposals.refusals import DraftClosed
from tests.cast import actor, nothing_happens
from tests.offers import after, before
from tests.proposals.drafts import sealed_file
from tests.proposals.test_attach_sealed import attached, with_a_draft

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _quick(settings):
    settings.OPENER_KEY_ITERATIONS = 100


def detached(solicitation, name, *, by="vendor_a_signer", at=None):
    detach_sealed_file(
        solicitation_id=solicitation.pk,
        file=name,
        by=actor(by),
        at=at or before(solicitation, hours=1),
    )


def test_a_colleague_who_holds_the_key_takes_a_file_out():
    # Given two files of a member's sealed draft
    solicitation = with_a_draft()
    stays, goes = (attached(solicitation, sealed_file()) for _each in range(2))

    # When the signer takes one out
    detached(solicitation, goes.public_id)

    # Then the other stays, and that it happened stands in the vendor's own stream
    assert SealedDraftFile.objects.get() == stays
    told = AuditEvent.objects.get(event="proposals.draft.detached")
    assert told.stream == f"organization:{actor('vendor_a_signer').organization_id}"

    # And what is gone stays gone, without another event
    with nothing_happens():
        detached(solicitation, goes.public_id)


def test_nobody_else_does_and_nobody_after_the_deadline():
    solicitation = with_a_draft()
    file = attached(solicitation, sealed_file())

    for part in ("vendor_a_administrator", "vendor_b_signer", "contracting_officer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            detached(solicitation, file.public_id, by=part)
    with nothing_happens(), pytest.raises(DraftClosed):
        detached(solicitation, file.public_id, at=after(solicitation))

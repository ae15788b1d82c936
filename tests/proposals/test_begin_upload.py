"""Beginning to send a file to a draft, in pieces."""

import pytest

from contracting.audit.models import AuditEvent
from contracting.core.errors import NotAllowed
from contracting.proposals.models import Draft, DraftUpload
from contracting.proposals.pieces import MOST_UPLOADS
from contracting.proposals.refusals import DraftClosed, DraftTooLarge, UploadsOpen
from tests.builders import released_solicitation
from tests.cast import nothing_happens
from tests.offers import after, before
from tests.proposals.drafts import appended, begun_upload

pytestmark = pytest.mark.django_db

PLAN = b"Our plan. " * 50


def test_the_same_file_begun_again_goes_on_where_its_bytes_end(vendor_a_member):
    # Given a file of which the first half is here
    solicitation = released_solicitation()
    upload = begun_upload(solicitation, PLAN)
    appended(solicitation, upload, PLAN, end=250)

    # When a colleague begins the same file
    with nothing_happens():
        again = begun_upload(
            solicitation, PLAN, by="vendor_a_signer", at=before(solicitation)
        )

    # Then it is the same upload, with the instant of its first byte
    assert (again.pk, again.offset) == (upload.pk, 250)
    assert again.begun_at == before(solicitation, hours=2)

    # And another file, or one of which no hash is known, is another upload
    begun_upload(solicitation, PLAN, name="other.txt")
    begun_upload(solicitation, PLAN, says_hash=False)
    assert DraftUpload.objects.count() == 3


def test_no_row_tells_whose_it_is_or_on_what(vendor_a_member):
    solicitation = released_solicitation()

    upload = begun_upload(solicitation, PLAN, name="canary-name.txt")

    told = AuditEvent.objects.get(event="proposals.upload.begun")
    assert told.stream == f"upload:{upload.public_id}"
    names = ("Northlight", vendor_a_member.name, solicitation.public_id, "canary")
    assert not any(name in told.payload for name in names)
    assert (told.actor_organization_id, told.actor_user_id) == (None, None)
    assert not Draft.objects.exists()


@pytest.mark.rule("R-SUB-12", case="refused")
def test_too_large_too_many_too_late_or_by_others_is_refused():
    solicitation = released_solicitation(terms={"most_megabytes": 1})
    for content in (b"", b"1" * 1_048_577):
        with nothing_happens(), pytest.raises(DraftTooLarge) as refusal:
            begun_upload(solicitation, content)
        assert refusal.value.rule == "R-SUB-12"
    with nothing_happens(), pytest.raises(DraftClosed):
        begun_upload(solicitation, PLAN, at=after(solicitation))
    with nothing_happens(), pytest.raises(NotAllowed):
        begun_upload(solicitation, PLAN, by="contracting_officer")

    # As many as may be on their way, and one more; those of others do not count
    for number in range(MOST_UPLOADS):
        begun_upload(solicitation, PLAN, name=f"plan-{number}.txt")
    with nothing_happens(), pytest.raises(UploadsOpen) as full:
        begun_upload(solicitation, PLAN, name="one-more.txt")
    assert full.value.rule == "R-SUB-12"
    begun_upload(solicitation, PLAN, by="vendor_b_member")


def test_what_was_given_up_gives_way_an_hour_later():
    # Given as many files as may be on their way, the first of them begun by itself
    solicitation = released_solicitation()
    first = begun_upload(solicitation, PLAN, at=before(solicitation, hours=3))
    appended(solicitation, first, PLAN, end=10)
    for number in range(1, MOST_UPLOADS):
        begun_upload(solicitation, PLAN, name=f"plan-{number}.txt")

    # When one more is begun
    begun_upload(solicitation, PLAN, name="one-more.txt")

    # Then the first one has given way
    assert DraftUpload.objects.count() == MOST_UPLOADS
    assert not DraftUpload.objects.filter(pk=first.pk).exists()
    told = AuditEvent.objects.get(event="proposals.upload.abandoned")
    assert told.stream == f"upload:{first.public_id}"

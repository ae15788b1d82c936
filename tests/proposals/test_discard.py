"""Discarding a draft."""

import pytest

from contracting.audit.models import AuditEvent
from contracting.core.errors import NotAllowed
from contracting.proposals.models import Draft, DraftFile, DraftPart
from contracting.proposals.operations.discard import discard_draft
from tests.builders import released_solicitation
from tests.cast import nothing_happens
from tests.offers import after, before
from tests.proposals.drafts import whole_draft

pytestmark = pytest.mark.django_db


def discard(solicitation, by, at=None):
    discard_draft(solicitation_id=solicitation.pk, by=by, at=at or before(solicitation))


def test_nothing_of_a_discarded_draft_is_left(vendor_a_member):
    # Given drafts of two vendors, after the deadline
    solicitation = released_solicitation()
    whole_draft(on=solicitation)
    other = whole_draft(on=solicitation, by="vendor_b_member")

    # When one is discarded
    discard(solicitation, vendor_a_member, after(solicitation))

    # Then the other alone is left, and the event tells no content
    assert Draft.objects.get() == other
    assert {part.draft_id for part in DraftPart.objects.all()} == {other.pk}
    assert {file.draft_id for file in DraftFile.objects.all()} == {other.pk}
    event = AuditEvent.objects.get(event="proposals.draft.discarded")
    assert '"data":{}' in event.payload

    # And to discard it again is nothing
    with nothing_happens():
        discard(solicitation, vendor_a_member)


def test_nobody_else_discards_one(contracting_officer, vendor_a_administrator):
    solicitation = released_solicitation()
    whole_draft(on=solicitation)

    for outsider in (contracting_officer, vendor_a_administrator):
        with nothing_happens(), pytest.raises(NotAllowed):
            discard(solicitation, outsider)

"""Beginning a draft of an offer."""

from datetime import timedelta

import pytest

from contracting.audit.models import AuditEvent
from contracting.core.errors import NotAllowed
from contracting.proposals.models import Draft
from contracting.proposals.operations.begin import begin_draft
from contracting.proposals.refusals import DraftClosed
from tests.builders import released_solicitation
from tests.cast import nothing_happens
from tests.offers import before, deadline

pytestmark = pytest.mark.django_db


def begin(solicitation, by, at=None):
    return begin_draft(
        solicitation_id=solicitation.pk, by=by, at=at or before(solicitation)
    )


def test_a_vendor_has_one_draft_and_its_row_names_nobody(
    vendor_a_member, vendor_a_signer, vendor_b_signer
):
    # Given a draft that a member has begun
    solicitation = released_solicitation()
    draft = begin(solicitation, vendor_a_member)

    # Then a colleague finds the same one, and another vendor one of its own
    assert begin(solicitation, vendor_a_signer) == draft
    assert begin(solicitation, vendor_b_signer) != draft

    # And the row has no column that leads to vendor, person or solicitation
    assert not [field for field in Draft._meta.fields if field.is_relation]
    event = AuditEvent.objects.get(event="proposals.draft.begun", subject_id=draft.pk)
    assert event.stream == f"organization:{vendor_a_member.organization_id}"
    assert solicitation.public_id not in event.payload
    assert '"data":{}' in event.payload


def test_nobody_of_the_agency_and_no_administrator_begins_one(
    contracting_officer, vendor_a_administrator
):
    solicitation = released_solicitation()

    for outsider in (contracting_officer, vendor_a_administrator):
        with nothing_happens(), pytest.raises(NotAllowed):
            begin(solicitation, outsider)


def test_no_draft_is_begun_after_the_deadline(vendor_a_member):
    solicitation = released_solicitation()
    late = deadline(solicitation) + timedelta(microseconds=1)

    with nothing_happens(), pytest.raises(DraftClosed) as refusal:
        begin(solicitation, vendor_a_member, late)

    assert "The deadline has passed" in str(refusal.value)
    assert begin(solicitation, vendor_a_member, deadline(solicitation))

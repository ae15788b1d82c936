"""Taking a file out of a draft."""

import pytest

from contracting.core.errors import NotAllowed
from contracting.proposals.operations.detach import detach_draft_file
from contracting.proposals.refusals import DraftClosed
from tests.builders import released_solicitation
from tests.cast import nothing_happens
from tests.offers import after, before
from tests.proposals.drafts import whole_draft

pytestmark = pytest.mark.django_db


def detach(solicitation, file, by, at=None):
    return detach_draft_file(
        solicitation_id=solicitation.pk,
        file=file,
        by=by,
        at=at or before(solicitation),
    )


def test_a_file_is_gone_with_its_content(vendor_a_signer):
    solicitation = released_solicitation()
    draft = whole_draft(on=solicitation)
    file = draft.files.get().public_id

    detach(solicitation, file, vendor_a_signer)

    assert draft.files.count() == 0
    with nothing_happens():
        detach(solicitation, file, vendor_a_signer)


def test_a_rival_takes_nothing_out(vendor_b_signer):
    # Given a rival who has a draft too, and somehow knows the number of our file
    solicitation = released_solicitation()
    whole_draft(on=solicitation, by="vendor_b_member")
    draft = whole_draft(on=solicitation)

    with nothing_happens():
        detach(solicitation, draft.files.get().public_id, vendor_b_signer)

    assert draft.files.count() == 1


def test_nothing_is_taken_out_after_the_deadline_or_by_others(
    vendor_a_member, contracting_officer
):
    solicitation = released_solicitation()
    file = whole_draft(on=solicitation).files.get().public_id

    with nothing_happens(), pytest.raises(DraftClosed):
        detach(solicitation, file, vendor_a_member, at=after(solicitation))
    with nothing_happens(), pytest.raises(NotAllowed):
        detach(solicitation, file, contracting_officer)

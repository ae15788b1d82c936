"""A draft is given up; whatever has been submitted is not."""

import pytest

from contracting.core.errors import NotAllowed, NotVisible
from contracting.solicitations.operations.discard import discard_solicitation
from contracting.solicitations.queries import get_solicitation_for
from tests.builders import drafted_solicitation, solicitation_in_review
from tests.cast import nothing_happens


def test_a_discarded_draft_is_hidden(contract_specialist, at):
    package = drafted_solicitation(at)
    discard_solicitation(solicitation_id=package.pk, by=contract_specialist, at=at)

    with pytest.raises(NotVisible):
        get_solicitation_for(contract_specialist, package.public_id)


def test_a_package_in_review_is_not_discarded(contract_specialist, at):
    package = solicitation_in_review(at)

    with nothing_happens(), pytest.raises(NotAllowed):
        discard_solicitation(solicitation_id=package.pk, by=contract_specialist, at=at)


def test_an_outsider_discards_nothing(other_agency_officer, at):
    package = drafted_solicitation(at)

    with nothing_happens(), pytest.raises(NotAllowed):
        discard_solicitation(solicitation_id=package.pk, by=other_agency_officer, at=at)

"""Making a box is a step of naming openers and of the release."""

import pytest

from contracting.core.errors import NotAllowed
from contracting.submissions.operations.make import make_box
from contracting.submissions.sealing.openers import enrolled_people
from tests.builders import complete_solicitation
from tests.cast import actor, nothing_happens
from tests.offers import enrolled_openers

pytestmark = pytest.mark.django_db


def test_nobody_makes_a_box_who_may_not_name_openers(at):
    solicitation = complete_solicitation(at)
    enrolled_openers()

    for part in ("contract_specialist", "administrator", "vendor_a_signer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            make_box(
                solicitation_id=solicitation.pk,
                purpose="REHEARSAL",
                needed=2,
                openers=enrolled_people(solicitation.agency_id),
                by=actor(part),
                at=at,
            )

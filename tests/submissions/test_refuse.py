"""A refused attempt to open a box leaves a record, and nothing else."""

import pytest

from contracting.audit.models import AuditEvent
from contracting.submissions.operations.refuse import refuse_opening
from tests.builders import released_solicitation

pytestmark = pytest.mark.django_db


def test_the_record_says_who_and_why_in_the_stream_of_the_solicitation(
    legal_reviewer, at
):
    solicitation = released_solicitation()

    refuse_opening(
        solicitation_id=solicitation.pk,
        code="wrong_passphrase",
        reason="This passphrase does not open your key.",
        by=legal_reviewer,
        at=at,
    )

    event = AuditEvent.objects.get(event="submissions.opening.refused")
    assert event.stream == solicitation.stream
    assert event.actor_name == legal_reviewer.name
    assert "wrong_passphrase" in event.payload

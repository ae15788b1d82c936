"""Drafts that nobody can submit any more."""

from datetime import timedelta

import pytest

from contracting.audit.models import AuditEvent
from contracting.core.actors import SYSTEM
from contracting.core.errors import NotAllowed
from contracting.proposals.models import Draft, DraftFile, DraftPart
from contracting.proposals.operations.expire import expire_drafts
from contracting.proposals.tasks import expire_drafts as daily
from tests.builders import released_solicitation
from tests.cast import nothing_happens
from tests.offers import deadline
from tests.proposals.drafts import whole_draft

pytestmark = pytest.mark.django_db

MONTH = timedelta(days=30)
MOMENT = timedelta(microseconds=1)


def test_a_draft_is_kept_for_thirty_days_and_then_deleted_with_everything(
    vendor_a_member, monkeypatch
):
    # Given drafts of two vendors
    solicitation = released_solicitation()
    whole_draft(on=solicitation)
    whole_draft(on=solicitation, by="vendor_b_member")
    end = deadline(solicitation) + MONTH

    # Until the thirtieth day nothing happens
    with nothing_happens():
        assert expire_drafts(by=SYSTEM, at=end - MOMENT) == 0

    # And then the daily run leaves nothing of either
    monkeypatch.setattr("contracting.core.clock.now", lambda: end)
    assert daily() == 2
    assert not Draft.objects.exists()
    assert not DraftPart.objects.exists()
    assert not DraftFile.objects.exists()
    events = AuditEvent.objects.filter(event="proposals.draft.expired")
    assert f"organization:{vendor_a_member.organization_id}" in {
        event.stream for event in events
    }
    with nothing_happens():
        assert daily() == 0


def test_nobody_but_the_system_lets_drafts_expire(administrator, vendor_a_signer):
    solicitation = released_solicitation()
    whole_draft(on=solicitation)

    for somebody in (administrator, vendor_a_signer):
        with nothing_happens(), pytest.raises(NotAllowed):
            expire_drafts(by=somebody, at=deadline(solicitation) + MONTH)

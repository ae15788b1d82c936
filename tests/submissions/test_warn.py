"""A box that one more loss would make unreadable is told of, daily."""

import pytest

from contracting.audit.models import AuditEvent
from contracting.core.actors import SYSTEM
from contracting.core.errors import NotAllowed
from contracting.notices.models import Notice
from contracting.submissions.operations.enrol import enrol_opener
from contracting.submissions.operations.warn import warn_of_losses
from contracting.submissions.tasks import warn_of_losses as daily
from tests.builders import released_solicitation
from tests.cast import actor, membership, nothing_happens
from tests.offers import before, opened_offers

pytestmark = pytest.mark.django_db

ANOTHER = "eight blue kestrels at dawn"
TOLD = "submissions.box.warned"


def warned(solicitation):
    return warn_of_losses(by=SYSTEM, at=before(solicitation))


def titles():
    about = Notice.objects.filter(subject_kind="solicitations.solicitation")
    return list(about.order_by("pk").values_list("title", flat=True))


def test_while_an_opener_can_be_spared_nobody_is_told():
    solicitation = released_solicitation()

    with nothing_happens():
        assert warned(solicitation) == 0


def test_with_exactly_as_many_as_it_takes_the_officers_are_told_every_day():
    # Given one of three openers, who enrols again and loses the old key
    solicitation = released_solicitation()
    enrol_opener(
        passphrase=ANOTHER, by=actor("legal_reviewer"), at=before(solicitation)
    )

    assert warned(solicitation) == 1
    assert warned(solicitation) == 1

    assert AuditEvent.objects.filter(event=TOLD).count() == 2
    spared = [title for title in titles() if "can be spared any more" in title]
    assert len(spared) == 4  # two officers, two days


def test_with_fewer_it_is_said_that_the_offers_are_lost():
    # Given one opener who enrolled again and another who left
    solicitation = released_solicitation()
    enrol_opener(
        passphrase=ANOTHER, by=actor("legal_reviewer"), at=before(solicitation)
    )
    gone = membership(actor("contract_specialist"))
    gone.is_active = False
    gone.save(update_fields=["is_active"])

    assert warned(solicitation) == 1

    assert any("can no longer be opened" in title for title in titles())


def test_once_the_offers_are_open_no_loss_matters():
    solicitation = opened_offers()
    enrol_opener(
        passphrase=ANOTHER, by=actor("legal_reviewer"), at=before(solicitation)
    )

    assert daily() == 0


def test_nobody_but_the_system_tells(contracting_officer, at):
    with nothing_happens(), pytest.raises(NotAllowed):
        warn_of_losses(by=contracting_officer, at=at)

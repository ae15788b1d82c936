"""Both sides are told of an update that is missing, once for each (R-AI-03)."""

from datetime import timedelta

import pytest

from accounts.models import Membership, User
from accounts.states import Role
from contracting.core import clock
from contracting.core.actors import SYSTEM
from contracting.core.errors import NotAllowed
from contracting.incidents.models import IncidentReminder
from contracting.incidents.operations.close import close_incident
from contracting.incidents.operations.remind import remind_incidents
from contracting.incidents.tasks import remind_incidents as task
from contracting.notices.models import Notice
from tests.cast import actor, nothing_happens
from tests.incidents.test_report import IN_TIME, reported
from tests.incidents.test_update import updated

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def told(organization=None):
    found = Notice.objects.filter(title__startswith="An update is missing")
    if organization is not None:
        found = found.filter(recipient_organization_id=organization)
    return found.count()


def test_a_missing_update_is_told_once_and_the_next_one_again():
    # Given an incident whose first update is due a day after its report
    incident = reported()
    vendor = incident.contract.vendor_id

    # Then nobody is told until that instant has passed, and then once
    assert remind_incidents(by=SYSTEM, at=IN_TIME + 24 * HOUR) == 0
    assert remind_incidents(by=SYSTEM, at=IN_TIME + 25 * HOUR) == 1
    assert remind_incidents(by=SYSTEM, at=IN_TIME + 30 * HOUR) == 0
    assert told(vendor) >= 1
    first = told()

    # And after an update the next missing one is told again
    updated(incident, IN_TIME + 31 * HOUR)
    assert remind_incidents(by=SYSTEM, at=IN_TIME + 54 * HOUR) == 0
    assert remind_incidents(by=SYSTEM, at=IN_TIME + 56 * HOUR) == 1
    assert told() == 2 * first
    assert IncidentReminder.objects.count() == 2


def test_the_representative_of_another_contract_is_not_told():
    # Given an incident, and a representative who is designated on none
    incident = reported()
    somebody = User.objects.create_user("rep@else.example", "x" * 15, name="Some Rep")
    Membership.objects.create(
        user=somebody, organization=incident.contract.agency, role=Role.COR
    )

    # When the update is missing
    remind_incidents(by=SYSTEM, at=IN_TIME + 25 * HOUR)

    # Then the contract's officers are told, and nobody who has no part in it
    people = Notice.objects.filter(title__startswith="An update is missing")
    told_ones = set(people.values_list("recipient_user_id", flat=True))
    assert actor("contracting_officer").user_id in told_ones
    assert actor("vendor_a_signer").user_id in told_ones
    assert somebody.pk not in told_ones


def test_nobody_is_reminded_of_what_is_closed():
    incident = reported()
    close_incident(
        incident_id=incident.pk,
        text="The counts were corrected.",
        by=actor("contracting_officer"),
        at=IN_TIME + HOUR,
    )

    assert remind_incidents(by=SYSTEM, at=IN_TIME + 99 * HOUR) == 0


def test_the_schedule_calls_the_verb(monkeypatch):
    reported()
    monkeypatch.setattr(clock, "now", lambda: IN_TIME + 25 * HOUR)

    assert task() == 1


@pytest.mark.parametrize("part", ["contracting_officer", "vendor_a_signer"])
def test_nobody_else_sends_reminders(part):
    reported()

    with nothing_happens(), pytest.raises(NotAllowed):
        remind_incidents(by=actor(part), at=IN_TIME + 99 * HOUR)

"""The vendor tells daily how far it is."""

from datetime import timedelta

import pytest

from contracting.audit.models import AuditEvent
from contracting.core.errors import NotAllowed
from contracting.incidents.operations.update import update_incident
from contracting.incidents.queries import next_update_due
from contracting.incidents.refusals import IncidentIncomplete
from tests.cast import actor, nothing_happens
from tests.incidents.test_report import IN_TIME, reported

pytestmark = pytest.mark.django_db


def updated(incident, at, by="vendor_a_signer", text="The fix is tested."):
    return update_incident(incident_id=incident.pk, text=text, by=actor(by), at=at)


def test_each_update_moves_the_next_and_a_late_one_says_so():
    incident, later = reported(), IN_TIME + timedelta(hours=25)
    for part in ("other_vendor_signer", "cor"):
        with nothing_happens(), pytest.raises(NotAllowed):
            updated(incident, later, by=part)
    with nothing_happens(), pytest.raises(IncidentIncomplete):
        updated(incident, later, text=" ")

    updated(incident, later)

    assert next_update_due(incident) == later + timedelta(hours=24)
    (record,) = AuditEvent.objects.filter(event="incidents.incident.updated")
    assert '"is_late":true' in record.payload

"""An incident is reported within its hours and updated daily, or it is told as late."""

from datetime import timedelta

import pytest

from contracting.audit.models import AuditEvent
from contracting.core.errors import NotAllowed
from contracting.incidents.operations.report import report_incident
from contracting.incidents.queries import is_overdue, next_update_due, overdue
from contracting.incidents.refusals import IncidentIncomplete
from contracting.notices.models import Notice
from tests.builders_orders import ORDERED_AT, awarded_contract
from tests.cast import actor, nothing_happens

pytestmark = pytest.mark.django_db

FOUND_AT = ORDERED_AT + timedelta(days=3)
IN_TIME = FOUND_AT + timedelta(hours=72)


def reported(at=IN_TIME, by="vendor_a_member", on=None, **terms):
    contract = on or awarded_contract()
    return report_incident(
        contract_id=contract.pk,
        **{
            "title": "Wrong counts for an hour",
            "severity": "INTEGRITY",
            "text": "The meter counted twice.",
            "discovered_at": FOUND_AT,
            **terms,
        },
        by=actor(by),
        at=at,
    )


@pytest.mark.rule("R-AI-03", case="allowed")
def test_a_report_within_72_hours_is_in_time_and_the_officers_are_told():
    incident = reported()

    assert (incident.due_at, incident.is_late) == (IN_TIME, False)
    due = next_update_due(incident)
    assert due == IN_TIME + timedelta(hours=24)
    assert not is_overdue(incident, due)
    told = Notice.objects.filter(title__contains="reports an incident")
    assert actor("contracting_officer").user_id in {
        each.recipient_user_id for each in told
    }


@pytest.mark.rule("R-AI-03", case="refused", held_by="arithmetic")
def test_a_later_one_is_taken_and_marked_and_a_missing_update_is_listed():
    incident = reported(at=IN_TIME + timedelta(seconds=1))

    assert incident.is_late
    (record,) = AuditEvent.objects.filter(event="incidents.incident.reported")
    assert '"is_late":true' in record.payload
    assert '"INCIDENT_REPORT":72' in record.payload
    due = next_update_due(incident)
    assert due is not None
    late = due + timedelta(seconds=1)
    assert overdue(actor("contracting_officer"), late) == [incident]
    for part in ("other_agency_officer", "other_vendor_signer"):
        assert overdue(actor(part), late) == []


def test_only_the_vendor_reports_and_says_what_happened():
    contract = awarded_contract()
    for part in ("contracting_officer", "other_vendor_signer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            reported(by=part, on=contract)
    for wrong in (
        {"text": " "},
        {"severity": "BAD"},
        {"discovered_at": IN_TIME + timedelta(seconds=1)},
    ):
        with nothing_happens(), pytest.raises(IncidentIncomplete):
            reported(on=contract, **wrong)

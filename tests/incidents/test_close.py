"""The agency closes an incident, and no update is due any more."""

from datetime import timedelta

import pytest

from contracting.core import clock
from contracting.core.errors import NotAllowed
from contracting.incidents.models import Incident
from contracting.incidents.operations.close import close_incident
from contracting.incidents.queries import next_update_due
from contracting.incidents.refusals import IncidentIncomplete
from tests.builders_orders import awarded_contract
from tests.cast import actor, client_for, nothing_happens, submit
from tests.incidents.test_report import FOUND_AT, IN_TIME, reported
from tests.incidents.test_update import updated

pytestmark = pytest.mark.django_db

LATER = IN_TIME + timedelta(days=2)


def closed(incident, by="contracting_officer", text="The counts were corrected."):
    return close_incident(incident_id=incident.pk, text=text, by=actor(by), at=LATER)


def test_it_is_closed_once_with_words():
    incident = reported()
    for part in ("vendor_a_signer", "other_agency_officer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            closed(incident, by=part)
    with nothing_happens(), pytest.raises(IncidentIncomplete):
        closed(incident, text=" ")

    closed(incident)

    incident = Incident.objects.get(pk=incident.pk)
    assert next_update_due(incident) is None
    with nothing_happens(), pytest.raises(NotAllowed):
        closed(incident)
    with nothing_happens(), pytest.raises(NotAllowed):
        updated(incident, LATER)


def test_it_goes_from_report_to_end_in_the_browser(monkeypatch):
    now = [IN_TIME]
    monkeypatch.setattr(clock, "now", lambda: now[0])
    contract = awarded_contract()
    vendor = client_for(actor("vendor_a_member"))
    officer = client_for(actor("contracting_officer"))

    def words(browser, path):
        return " ".join(browser.get(path).content.decode().split())

    assert "No incident is open" in words(officer, "/incidents/")
    assert contract.piid in words(vendor, "/incidents/")
    sent = submit(
        vendor,
        f"{contract.path}/report_incident",
        {
            "title": "Wrong counts",
            "severity": "INTEGRITY",
            "text": "Counted twice.",
            "discovered_at": FOUND_AT.strftime("%Y-%m-%dT%H:%M"),
        },
    )
    assert sent.status_code == 303, sent.content.decode()
    page = sent["Location"]
    now[0] = IN_TIME + timedelta(hours=25)
    assert "lacks the update that was due" in words(officer, "/incidents/")
    assert "is missing" in words(officer, page)
    assert submit(vendor, f"{page}/update_incident", {"text": "Fixed."})
    assert "Fixed." in words(officer, page)
    for part in ("other_agency_officer", "other_vendor_signer"):
        assert client_for(actor(part)).get(page).status_code == 404
    done = submit(officer, f"{page}/close_incident", {"text": "Corrected."})
    assert done.status_code == 303
    assert "It is closed." in words(vendor, page)

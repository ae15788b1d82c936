"""The auditor's page of what the agency did."""

import pytest
from django.test import Client

from contracting.audit.operations.record import record_event
from contracting.core.subjects import Subject
from tests.audit.conftest import TRIED, record
from tests.cast import AT, actor, client_for


@pytest.fixture
def acts(db):
    """An act of the agency and one of a vendor, in one stream; one elsewhere."""
    record(1, stream="solicitation:1", by=actor("cor"))
    record(2, stream="solicitation:1", by=actor("vendor_a_signer"))
    record_event(
        TRIED,
        subject=Subject("tests.thing", 3, "solicitation:2"),
        by=actor("other_agency_officer"),
        at=AT,
    )


def test_an_auditor_reads_that_the_record_holds(acts, auditor):
    page = client_for(auditor).get("/audit/").content.decode()

    assert "The record holds" in page
    assert "A thing was tried." in page
    assert "Lee Representative" in page
    assert "Only a head that was published elsewhere proves" in page


def test_an_auditor_reads_only_what_their_own_agency_did(acts, auditor):
    page = client_for(auditor).get("/audit/").content.decode()

    assert "Quin Meridian" not in page
    assert "Wes Elsewhere" not in page
    assert "solicitation:2" not in page


@pytest.mark.parametrize(
    "role", ["contracting_officer", "administrator", "vendor_a_administrator"]
)
def test_for_everybody_else_there_is_no_such_page(role, request, acts):
    by = request.getfixturevalue(role)

    assert client_for(by).get("/audit/").status_code == 404


def test_a_broken_record_is_shown_as_broken(as_owner):
    record(1, stream="solicitation:1", by=actor("cor"))
    as_owner("UPDATE audit_auditevent SET actor_name = 'Nobody'")

    page = client_for(actor("auditor")).get("/audit/").content.decode()

    assert "The record does not hold: 1 broken place." in page
    assert "tampered" in page


def test_nobody_reads_it_without_logging_in(db):
    assert Client().get("/audit/").status_code == 302

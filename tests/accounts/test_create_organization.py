"""Agencies and vendors are set up by the operator of the installation."""

import pytest

from accounts.operations.create_organization import create_organization
from accounts.refusals import OrganizationExists
from contracting.audit.models import AuditEvent
from contracting.core.actors import SYSTEM
from contracting.core.errors import Invalid, NotAllowed
from tests.cast import VENDOR_A, nothing_happens


def test_the_operator_creates_an_organization(db, at):
    made = create_organization(
        kind="AGENCY", name="Office of Tests", aac="12E456", by=SYSTEM, at=at
    )

    event = AuditEvent.objects.get(event="accounts.organization.created")
    assert made.public_id.startswith("org_")
    assert event.stream == f"organization:{made.pk}"


def test_nobody_else_creates_one(administrator, at):
    with nothing_happens(), pytest.raises(NotAllowed):
        create_organization(kind="VENDOR", name="Mine", by=administrator, at=at)


def test_a_name_is_used_once(vendor_a, at):
    with nothing_happens(), pytest.raises(OrganizationExists):
        create_organization(kind="VENDOR", name=VENDOR_A, by=SYSTEM, at=at)


@pytest.mark.parametrize(
    ("kind", "particulars"),
    [
        ("AGENCY", {"aac": "12-456"}),
        ("AGENCY", {"aac": ""}),
        ("AGENCY", {"aac": "12E456", "time_zone": "Mars/Olympus"}),
        ("VENDOR", {"uei": "000000000000"}),
        ("VENDOR", {"cage": "ABCDE"}),
    ],
)
def test_a_number_that_breaks_its_grammar_is_refused(db, at, kind, particulars):
    with nothing_happens(), pytest.raises(Invalid):
        create_organization(kind=kind, name="New", by=SYSTEM, at=at, **particulars)


def test_numbers_are_kept_in_their_normal_form(db, at):
    made = create_organization(
        kind="VENDOR",
        name="New",
        uei=" rm9gacfmslg7 ",
        cage="6ldb2",
        by=SYSTEM,
        at=at,
    )

    assert (made.uei, made.cage) == ("RM9GACFMSLG7", "6LDB2")

"""An organization is called otherwise, with its history, and by no name twice."""

import json

import pytest

from accounts.models import Organization
from accounts.operations.rename_organization import rename_organization
from accounts.refusals import OrganizationExists
from contracting.audit.models import AuditEvent
from contracting.core.actors import SYSTEM
from contracting.core.errors import NotAllowed
from tests.cast import AT, actor, nothing_happens

pytestmark = pytest.mark.django_db


def renamed(vendor, name="Meridian Frontier", by=SYSTEM):
    return rename_organization(
        organization_id=vendor.pk, name=name, source="P00003", by=by, at=AT
    )


def test_the_old_name_stays_on_record(vendor_a):
    renamed(vendor_a)

    vendor_a.refresh_from_db()
    assert vendor_a.name == "Meridian Frontier"
    event = AuditEvent.objects.get(event="accounts.organization.renamed")
    assert json.loads(event.payload)["data"] == {
        "before": "Meridian Models",
        "name": "Meridian Frontier",
        "source": "P00003",
    }


def test_no_name_is_taken_twice_and_no_vendor_renames_itself(vendor_a, vendor_b):
    with nothing_happens(), pytest.raises(OrganizationExists):
        renamed(vendor_a, vendor_b.name)
    for part in ("vendor_a_signer", "vendor_a_administrator", "cor"):
        with nothing_happens(), pytest.raises(NotAllowed):
            renamed(vendor_a, by=actor(part))
    assert Organization.objects.filter(name="Meridian Models").count() == 1

"""Both signatures of a change are written down, the vendor's first."""

import pytest

from accounts.models import Membership
from contracting.core.errors import NotAllowed
from contracting.documents.models import Approval
from contracting.documents.operations.record_signatures import record_signatures
from contracting.documents.states import Party
from contracting.orders.models import Modification
from tests.builders_orders import issued_modification
from tests.cast import AT, actor, machine, nothing_happens

pytestmark = pytest.mark.django_db


def recorded(by, vendor=None):
    subject = issued_modification().subject
    return record_signatures(
        signing="sign_modification",
        issuing="issue_modification",
        vendor=vendor,
        vendor_signed_at=AT if vendor else None,
        subject=subject,
        version=7,
        content_sha256="a" * 64,
        by=by,
        at=AT,
        on=AT.date(),
    )


def test_where_the_vendor_signs_it_stands_first():
    signer = actor("vendor_a_signer")
    vendor = Membership.objects.get(pk=signer.own_membership_id)

    both = recorded(actor("contracting_officer"), vendor)

    assert [each.party for each in both] == [Party.VENDOR, Party.OFFICER]
    assert both[0].membership_id == signer.own_membership_id


def test_where_nobody_else_needs_to_the_officer_stands_alone():
    (only,) = recorded(actor("contracting_officer"))

    assert only.party == Party.OFFICER


def test_a_machine_signs_nothing():
    issued_modification()
    before = Approval.objects.count()

    with nothing_happens(), pytest.raises(NotAllowed):
        record_signatures(
            signing="sign_modification",
            issuing="issue_modification",
            vendor=None,
            vendor_signed_at=None,
            subject=Modification.objects.get().subject,
            version=8,
            content_sha256="b" * 64,
            by=machine("vendor_a_machine"),
            at=AT,
            on=AT.date(),
        )
    assert Approval.objects.count() == before

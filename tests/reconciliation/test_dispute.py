"""A difference is put to the vendor, and stays out of the payment meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest

from contracting.core.errors import NotAllowed
from contracting.core.quantities import Dollars
from contracting.notices.models import Notice
from contracting.reconciliation.models import Finding
from contracting.reconciliation.operations.dispute import dispute_finding
from contracting.reconciliation.refusals import AlreadyResolved, ResolutionMissing
from contracting.reconciliation.states import FindingState
from tests.builders_billing import CALLS, COMPARED_AT, compared, reported
from tests.cast import actor, nothing_happens, person

DISPUTED_AT = COMPARED_AT + timedelta(hours=3)


@pytest.fixture
def finding(order):
    """A call that the vendor lists twice."""
    reported(order, [*CALLS, CALLS[1]])
    compared(order)
    return Finding.objects.get(order=order)


def disputed(finding, *, by="cor", reason="Please explain the copies."):
    return dispute_finding(
        finding_id=finding.pk, reason=reason, by=actor(by), at=DISPUTED_AT
    )


def test_the_vendor_is_asked_to_explain(finding):
    # When the representative disputes a duplicate
    dispute = disputed(finding)

    # Then its exact amount is withheld, and the vendor's people read why
    assert Dollars(dispute.withheld_dollars) == Dollars("0.660008")
    assert Finding.objects.get(pk=finding.pk).state == FindingState.DISPUTED
    told = Notice.objects.get(
        subject_kind="reconciliation.finding",
        recipient_user=person(actor("vendor_a_signer")),
    )
    assert told.body.endswith("$0.660008. Please explain the copies.")
    assert told.url_path == f"/findings/{finding.public_id}"


def test_a_dispute_says_what_is_to_be_explained(finding):
    with nothing_happens(), pytest.raises(ResolutionMissing):
        disputed(finding, reason=" ")


def test_a_difference_is_disputed_once(finding):
    disputed(finding)

    with nothing_happens(), pytest.raises(AlreadyResolved):
        disputed(finding, by="contracting_officer")


@pytest.mark.parametrize(
    "outsider", ["other_agency_officer", "vendor_a_signer", "payment_certifier"]
)
def test_nobody_else_disputes(finding, outsider):
    with nothing_happens(), pytest.raises(NotAllowed):
        disputed(finding, by=outsider)

"""A signer of the vendor gives up a difference that is disputed."""

from __future__ import annotations

import pytest

from contracting.core.errors import NotAllowed
from contracting.reconciliation.models import Finding
from contracting.reconciliation.operations.withdraw import withdraw_finding
from contracting.reconciliation.refusals import AlreadyResolved, ResolutionMissing
from contracting.reconciliation.states import FindingState
from tests.builders_billing import CALLS, compared, reported
from tests.cast import actor, nothing_happens
from tests.reconciliation.test_dispute import DISPUTED_AT, disputed


@pytest.fixture
def finding(order):
    """A call that the vendor lists twice."""
    reported(order, [*CALLS, CALLS[1]])
    compared(order)
    return Finding.objects.get(order=order)


def withdrawn(finding, *, by="vendor_a_signer", reason="Our exporter wrote it twice."):
    return withdraw_finding(
        finding_id=finding.pk, reason=reason, by=actor(by), at=DISPUTED_AT
    )


def test_what_is_given_up_closes_and_frees_nothing(finding):
    disputed(finding)

    resolution = withdrawn(finding)

    assert resolution.code == "withdrawn"
    assert not resolution.payable_change_dollars
    assert Finding.objects.get(pk=finding.pk).state == FindingState.RESOLVED
    with nothing_happens(), pytest.raises(AlreadyResolved):
        withdrawn(finding)


def test_only_what_is_disputed_is_given_up_and_with_a_reason(finding):
    with nothing_happens(), pytest.raises(ResolutionMissing):
        withdrawn(finding)
    disputed(finding)
    with nothing_happens(), pytest.raises(ResolutionMissing):
        withdrawn(finding, reason=" ")


@pytest.mark.parametrize("outsider", ["vendor_a_member", "other_vendor_signer", "cor"])
def test_nobody_else_gives_it_up(finding, outsider):
    disputed(finding)
    with nothing_happens(), pytest.raises(NotAllowed):
        withdrawn(finding, by=outsider)

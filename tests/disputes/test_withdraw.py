"""A signer of the vendor asks no more for what is disputed."""

import pytest

from contracting.core.errors import NotAllowed
from contracting.disputes.models import DisputeCase
from contracting.disputes.operations.withdraw import withdraw_dispute
from contracting.disputes.states import CaseState
from contracting.reconciliation.models import Finding
from tests.builders_disputes import ANSWERED_AT
from tests.cast import actor, nothing_happens
from tests.disputes.test_answer import answered

pytestmark = pytest.mark.django_db


def test_the_vendor_withdraws_and_every_difference_closes(case, finding):
    withdraw_dispute(
        case_id=case.pk,
        text="Our exporter wrote it twice.",
        by=actor("vendor_a_signer"),
        at=ANSWERED_AT,
    )

    assert DisputeCase.objects.get(pk=case.pk).state == CaseState.WITHDRAWN
    resolution = Finding.objects.get(pk=finding.pk).resolution
    assert resolution.code == "withdrawn"
    assert not resolution.payable_change_dollars
    with nothing_happens(), pytest.raises(NotAllowed):
        answered(DisputeCase.objects.get(pk=case.pk))


@pytest.mark.parametrize("outsider", ["vendor_a_member", "other_vendor_signer", "cor"])
def test_only_a_signer_withdraws(case, outsider):
    with nothing_happens(), pytest.raises(NotAllowed):
        withdraw_dispute(
            case_id=case.pk, text="Gone.", by=actor(outsider), at=ANSWERED_AT
        )

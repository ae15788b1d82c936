"""A program manager gives up a draft."""

import pytest

from contracting.core.errors import NotAllowed
from contracting.requisitions.operations.discard import discard_requisition
from contracting.requisitions.queries import visible_to
from contracting.requisitions.states import RequisitionState
from tests.builders import drafted_requisition, submitted_requisition
from tests.cast import nothing_happens


def test_a_discarded_draft_is_hidden_and_its_number_is_not_used_again(
    program_manager, at
):
    requisition = drafted_requisition(at)
    done = discard_requisition(requisition_id=requisition.pk, by=program_manager, at=at)

    assert done.state == RequisitionState.DISCARDED
    assert not visible_to(program_manager).exists()
    assert drafted_requisition(at).number == "PR-26-00002"


def test_a_submitted_need_is_not_discarded(program_manager, at):
    requisition = submitted_requisition(at)

    with nothing_happens(), pytest.raises(NotAllowed):
        discard_requisition(requisition_id=requisition.pk, by=program_manager, at=at)


def test_an_outsider_discards_nothing(other_agency_officer, at):
    requisition = drafted_requisition(at)

    with nothing_happens(), pytest.raises(NotAllowed):
        discard_requisition(
            requisition_id=requisition.pk, by=other_agency_officer, at=at
        )

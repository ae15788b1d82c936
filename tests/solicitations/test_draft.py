"""The contracting office starts a package from a need."""

import pytest

from contracting.core.errors import NotAllowed
from contracting.reference.queries import clauses_for
from contracting.solicitations.operations.discard import discard_solicitation
from contracting.solicitations.operations.draft import draft_solicitation
from contracting.solicitations.queries import lines_of, publish_gaps
from contracting.solicitations.refusals import RequisitionTaken
from contracting.solicitations.states import SolicitationState
from tests.builders import (
    WORKLOAD,
    drafted_requisition,
    drafted_solicitation,
    submitted_requisition,
)
from tests.cast import nothing_happens

pytestmark = pytest.mark.django_db


def test_a_package_starts_from_the_need_its_estimate_and_the_clauses_in_force(
    contract_specialist, at
):
    # Given a need with four classes of tokens
    requisition = submitted_requisition(at)

    # When the contract specialist starts a package
    package = draft_solicitation(
        requisition_id=requisition.pk, by=contract_specialist, at=at
    )

    # Then it has a line for each class, with the expected tokens as workload
    assert package.state == SolicitationState.DRAFT
    assert package.statement_of_objectives == requisition.need
    lines = list(lines_of(package))
    assert [line.slin for line in lines] == ["0001AA", "0001AB", "0001AC", "0001AD"]
    assert {line.class_code: line.workload_tokens for line in lines} == WORKLOAD
    assert set(package.clauses.values_list("clause_id", flat=True)) == set(
        clauses_for("SOLICITATION", at.date()).values_list("pk", flat=True)
    )
    assert package.editor_user_ids == [contract_specialist.user_id]
    assert "naics" in [gap.code for gap in publish_gaps(package)]


def test_a_need_is_solicited_once_at_a_time(contract_specialist, at):
    package = drafted_solicitation(at)

    with nothing_happens(), pytest.raises(RequisitionTaken):
        draft_solicitation(
            requisition_id=package.requisition_id, by=contract_specialist, at=at
        )

    # And again once the first package is given up
    discard_solicitation(solicitation_id=package.pk, by=contract_specialist, at=at)
    assert draft_solicitation(
        requisition_id=package.requisition_id, by=contract_specialist, at=at
    )


def test_a_need_that_is_not_submitted_is_not_solicited(contract_specialist, at):
    requisition = drafted_requisition(at)

    with nothing_happens(), pytest.raises(NotAllowed):
        draft_solicitation(requisition_id=requisition.pk, by=contract_specialist, at=at)


@pytest.mark.parametrize("outsider", ["program_manager", "other_agency_officer"])
def test_nobody_else_starts_a_package(request, outsider, at):
    requisition = submitted_requisition(at)
    by = request.getfixturevalue(outsider)

    with nothing_happens(), pytest.raises(NotAllowed):
        draft_solicitation(requisition_id=requisition.pk, by=by, at=at)

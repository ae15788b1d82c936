"""A program manager hands the need to the contracting office."""

import pytest

from contracting.audit.models import AuditEvent
from contracting.core.errors import NotAllowed, Stale
from contracting.requisitions.operations.submit import submit_requisition
from contracting.requisitions.refusals import EstimateMissing
from contracting.requisitions.states import RequisitionState
from tests.builders import drafted_requisition, estimated_requisition
from tests.cast import nothing_happens


@pytest.fixture
def requisition(db, at):
    return estimated_requisition(at)


def submit(requisition, by, at, seen_version=None):
    return submit_requisition(
        requisition_id=requisition.pk,
        by=by,
        at=at,
        seen_version=seen_version or requisition.version,
    )


def test_an_estimated_need_is_submitted(requisition, program_manager, at):
    done = submit(requisition, program_manager, at)

    assert done.state == RequisitionState.SUBMITTED
    event = AuditEvent.objects.get(event="requisitions.requisition.submitted")
    assert f'"content_sha256":"{done.content_sha256}"' in event.payload


def test_a_need_without_a_size_is_refused(program_manager, at):
    requisition = drafted_requisition(at)

    with nothing_happens(), pytest.raises(EstimateMissing):
        submit(requisition, program_manager, at)


def test_a_need_is_submitted_on_the_version_that_was_read(
    requisition, program_manager, at
):
    with nothing_happens(), pytest.raises(Stale):
        submit(requisition, program_manager, at, seen_version=1)


def test_a_need_is_submitted_once(requisition, program_manager, at):
    submit(requisition, program_manager, at)

    with nothing_happens(), pytest.raises(NotAllowed):
        submit(requisition, program_manager, at)


@pytest.mark.parametrize("outsider", ["other_agency_officer", "vendor_a_signer", "cor"])
def test_nobody_else_submits_it(request, requisition, outsider, at):
    by = request.getfixturevalue(outsider)

    with nothing_happens(), pytest.raises(NotAllowed):
        submit(requisition, by, at)

"""Stopping work that takes a while."""

import pytest

from contracting.core.errors import Refusal
from contracting.documents.operations.cancel_operation import cancel_operation
from contracting.documents.operations.work_operation import work_operation
from contracting.documents.refusals import NotCancelable
from tests.cast import nothing_happens
from tests.documents.operations import left, started, traces


def test_it_is_cancelled_before_its_next_step(db, steps, cor, program_manager):
    operation = started()
    with nothing_happens(), pytest.raises(Refusal, match="Whoever started it"):
        cancel_operation(
            operation_id=operation.pk, by=program_manager, at=operation.queued_at
        )

    cancel_operation(operation_id=operation.pk, by=cor, at=operation.queued_at)
    work_operation(operation_id=operation.pk)

    assert left(operation) == ("CANCELLED", 0)
    assert traces() == 0
    with nothing_happens(), pytest.raises(NotCancelable):
        cancel_operation(operation_id=operation.pk, by=cor, at=operation.queued_at)

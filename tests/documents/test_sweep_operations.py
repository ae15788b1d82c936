"""What a lost worker or message has left is taken up again."""

from contracting.documents.operations.sweep_operations import sweep_operations
from contracting.documents.operations.work_operation import work_operation
from tests.cast import days
from tests.documents.operations import left, started, traces


def test_a_step_that_fails_leaves_nothing_and_is_done_again(db, steps):
    operation = started()
    steps += [RuntimeError("a secret of the house")]

    work_operation(operation_id=operation.pk)

    assert left(operation) == ("RUNNING", 0)
    assert traces() == 0
    assert "secret" not in operation.last_error
    assert operation.next_attempt_at is not None
    assert operation.stepped_at is not None
    assert operation.next_attempt_at > operation.stepped_at
    assert sweep_operations(at=operation.queued_at) == 0

    assert sweep_operations(at=operation.next_attempt_at + days(1)) == 1
    assert left(operation) == ("SUCCEEDED", 10)
    assert (operation.last_error, traces()) == ("", 5)


def test_a_message_that_got_lost_is_made_up_for(db, steps):
    operation = started()

    assert sweep_operations(at=operation.queued_at) == 0
    assert sweep_operations(at=operation.queued_at + days(1)) == 1
    assert left(operation) == ("SUCCEEDED", 10)
    assert sweep_operations(at=operation.queued_at + days(2)) == 0

"""An operation of the tests: it counts to ten, two at a step, and leaves traces."""

from typing import Any

from contracting.core import clock
from contracting.documents.models import Operation
from contracting.documents.operations.start_operation import start_operation
from contracting.notices.models import Notice
from tests.cast import actor

KIND = "count_to_ten"


def started(by: Any = None) -> Operation:
    by = by or actor("cor")
    return start_operation(
        kind=KIND,
        title="Count to ten",
        organization_id=by.own_organization_id,
        scope="usage:write",
        total=10,
        unit="numbers",
        by=by,
        at=clock.now(),
    )


def left(operation: Operation) -> tuple[str, int]:
    operation.refresh_from_db()
    return operation.state, operation.done


def traces() -> int:
    return Notice.objects.filter(subject_kind="test").count()

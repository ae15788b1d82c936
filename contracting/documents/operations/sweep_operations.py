"""Go on with operations whose worker has ended, or whose message was lost."""

from __future__ import annotations

from datetime import datetime

from contracting.documents import queries
from contracting.documents.operations.work_operation import work_operation


def sweep_operations(*, at: datetime) -> int:
    """Work on what nobody has worked on for a while, each operation by itself.

    :returns: how many were taken up
    """
    stalled = queries.stalled_operations(at)
    return sum(work_operation(operation_id=each) is not None for each in stalled)

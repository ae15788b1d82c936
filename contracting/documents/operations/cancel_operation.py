"""Stop work that takes a while."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.documents import events, permissions, tasks
from contracting.documents.models import Operation
from contracting.documents.refusals import NotCancelable


@transaction.atomic
def cancel_operation(*, operation_id: int, by: Actor, at: datetime) -> Operation:
    """Let it end before its next step; the steps that are done stay done.

    :raises NotAllowed: if ``by`` has not started it and is no officer or administrator
    :raises NotCancelable: if it has ended, or is to end already
    """
    operation: Operation = Operation.objects.locked().get(pk=operation_id)
    require(permissions.can_cancel_operation(by, operation))
    if not operation.is_open or operation.cancel_asked_at is not None:
        message = "It has ended already, or is about to."
        raise NotCancelable(message)
    operation.cancel_asked_at = at
    operation.save(update_fields=["cancel_asked_at"])
    transaction.on_commit(
        lambda: tasks.work_operation.apply_async((operation.pk,), retry=False),
        robust=True,
    )
    record_event(
        events.OPERATION_CANCELLED,
        subject=operation.as_subject,
        by=by,
        at=at,
        data={"operation": operation.public_id, "done": operation.done},
    )
    return operation

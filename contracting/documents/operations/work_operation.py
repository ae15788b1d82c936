"""Do the steps of an operation, one after the other."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Final

from django.db import OperationalError, transaction

from contracting.audit.operations.record import record_event
from contracting.core import clock
from contracting.core.actors import SYSTEM
from contracting.core.errors import Refusal
from contracting.documents import events, queries
from contracting.documents.models import Operation
from contracting.documents.states import OperationState

MAX_ATTEMPTS: Final = 5
FIRST_WAIT: Final = timedelta(seconds=5)

_log = logging.getLogger(__name__)


def work_operation(*, operation_id: int) -> Operation | None:
    """Work until the operation has ended, or a step of it has failed.

    A step and its account are one transaction: after a worker has ended in the middle,
    the next one goes on where the last whole step ended. Two workers take turns. An
    attempt counts from its begin, so that a step which ends its worker is given up as
    visibly as one that raises; a refusal is final at once.

    :returns: the operation as it was left; ``None`` if another worker is at it
    """
    while True:
        operation = _begin(operation_id)
        if operation is None or not operation.is_open:
            return operation
        try:
            _step(operation_id)
        except Exception as error:  # noqa: BLE001 (written on the row, tried again)
            _log.exception("A step of %s has failed.", operation.public_id)
            return _record_failure(operation_id, error)


@transaction.atomic
def _begin(operation_id: int) -> Operation | None:
    """Count the attempt; end what is to be cancelled or has been tried too often."""
    operation = _free(operation_id)
    if operation is None or not operation.is_open:
        return operation
    at = clock.now()
    if operation.cancel_asked_at is not None:
        return _end(operation, OperationState.CANCELLED, at)
    if operation.attempts >= MAX_ATTEMPTS:
        operation.last_error = operation.last_error or (
            "Its worker ended on the same step again and again, for want of memory or "
            "of time."
        )
        return _end(operation, OperationState.FAILED, at)
    if operation.state == OperationState.QUEUED:
        operation.started_at = at
        operation.move_to(OperationState.RUNNING)
    operation.attempts += 1
    operation.stepped_at = at
    operation.next_attempt_at = None
    operation.save(
        update_fields=["attempts", "stepped_at", "started_at", "next_attempt_at"]
    )
    return operation


@transaction.atomic
def _step(operation_id: int) -> None:
    operation = _free(operation_id)
    if operation is None or not operation.is_open:
        return
    at = clock.now()
    step = queries.work_of(operation.kind)
    progress = step(operation, queries.starter_of(operation), at)
    operation.done += progress.done
    operation.phase = progress.phase
    operation.attempts = 0
    operation.last_error = ""
    operation.stepped_at = clock.now()
    operation.save(
        update_fields=[
            "done",
            "phase",
            "attempts",
            "last_error",
            "stepped_at",
            "result_path",
            "errors_path",
        ]
    )
    if progress.is_last:
        _end(operation, OperationState.SUCCEEDED, at)


def _free(operation_id: int) -> Operation | None:
    found: Operation | None = (
        Operation.objects.filter(pk=operation_id)
        .select_for_update(skip_locked=True, of=("self",))
        .select_related(
            "by_membership__user", "by_membership__organization", "by_key__organization"
        )
        .first()
    )
    return found


@transaction.atomic
def _record_failure(operation_id: int, error: Exception) -> Operation | None:
    operation = _free(operation_id)
    if operation is None or not operation.is_open:
        return operation
    at = clock.now()
    operation.last_error = _words(error)[:2000]
    if isinstance(error, Refusal) or operation.attempts >= MAX_ATTEMPTS:
        return _end(operation, OperationState.FAILED, at)
    operation.next_attempt_at = at + FIRST_WAIT * 3 ** (operation.attempts - 1)
    operation.save(update_fields=["last_error", "next_attempt_at"])
    return operation


def _words(error: Exception) -> str:
    """What a person is told; what failed on our side stands in the log."""
    if isinstance(error, Refusal):
        return error.message
    if isinstance(error, OperationalError):
        return "The database was busy or away. It is tried again."
    return "Something failed on our side. It is tried again."


def _end(operation: Operation, state: OperationState, at: datetime) -> Operation:
    operation.ended_at = at
    operation.save(update_fields=["ended_at", "last_error"])
    operation.move_to(state)
    record_event(
        events.OPERATION_ENDED,
        subject=operation.as_subject,
        by=SYSTEM,
        at=at,
        data={
            "operation": operation.public_id,
            "kind": operation.kind,
            "state": str(state),
            "done": operation.done,
            "total": operation.total,
        },
    )
    return operation

"""Compare a large order anew: an operation reads it day after day."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from accounts.states import Scope
from contracting.audit.operations.record import record_event
from contracting.billing.queries import locked_order
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.documents.models import Operation
from contracting.documents.operations.start_operation import start_operation
from contracting.documents.states import OperationState
from contracting.orders.models import TaskOrder
from contracting.reconciliation import events, permissions
from contracting.reconciliation.matching import kept
from contracting.reconciliation.models import LongComparison
from contracting.reconciliation.refusals import NothingToReconcile

WORK: Final = "comparison"


@transaction.atomic
def reconcile_in_steps(*, order_id: int, by: Actor, at: datetime) -> Operation:
    """Ask for a comparison of the whole order that reads every day anew.

    While one is under way, asking again leads to the same.

    :returns: the operation, which leads to the run once it has ended
    :raises NotAllowed: if ``by`` is neither the job nor COR nor CO of the agency
    :raises NothingToReconcile: if neither side has any usage
    """
    order = locked_order(order_id)
    require(permissions.can_reconcile_order(by, order))
    under_way = _under_way(order)
    if under_way is not None:
        return under_way
    days = kept.days_to_read(order, at=at)
    if not days:
        message = "Neither our meter nor the vendor has any usage of this order yet."
        raise NothingToReconcile(message)
    operation = start_operation(
        kind=WORK,
        title=f"Comparison of {order.name}",
        organization_id=order.contract.agency_id,
        scope=Scope.RECONCILIATION_READ,
        total=days,
        unit="days",
        by=by,
        at=at,
    )
    LongComparison.objects.create(
        order=order, operation=operation, asked_at=at, asked_by=by.name
    )
    record_event(
        events.COMPARISON_BEGUN,
        subject=order.subject,
        by=by,
        at=at,
        data={"operation": operation.public_id, "days": days},
    )
    return operation


def _under_way(order: TaskOrder) -> Operation | None:
    found: Operation | None = Operation.objects.filter(
        comparison__order=order,
        state__in=(OperationState.QUEUED, OperationState.RUNNING),
        cancel_asked_at=None,
    ).first()
    return found

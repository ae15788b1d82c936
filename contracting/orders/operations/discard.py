"""Give up a draft order; it is hidden and nothing else is removed."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.orders import events, permissions
from contracting.orders.models import TaskOrder
from contracting.orders.operations.cancel import _release_commitment
from contracting.orders.states import TaskOrderState


@transaction.atomic
def discard_task_order(*, order_id: int, by: Actor, at: datetime) -> TaskOrder:
    """Discard a draft; funds that were certified before its return are released.

    :raises NotAllowed: if ``by`` is not of the program, or it is no draft
    """
    order = TaskOrder.objects.locked().get(pk=order_id)
    require(permissions.can_discard_task_order(by, order))
    order.move_to(TaskOrderState.DISCARDED)
    released = _release_commitment(order, by, at)
    record_event(
        events.TASK_ORDER_DISCARDED,
        subject=order.subject,
        by=by,
        at=at,
        data={"version": order.version, "commitment_released": released},
    )
    return order

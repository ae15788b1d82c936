"""Say that an order is physically complete."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.closeout import events, permissions
from contracting.closeout.refusals import NotPhysicallyComplete
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.periods import days_bounds
from contracting.core.permissions import require
from contracting.metering.queries import open_suspense_of
from contracting.orders.models import TaskOrder
from contracting.orders.states import TaskOrderState


@transaction.atomic
def complete_order(*, order_id: int, by: Actor, at: datetime) -> TaskOrder:
    """The period of performance has ended and every call is accounted for.

    :raises NotAllowed: if ``by`` is neither COR nor contracting officer of the agency
    :raises NotPhysicallyComplete: before the period has ended, or while usage of the
        order is in suspense (R-CLO-01)
    """
    contract_id = TaskOrder.objects.values_list("contract_id", flat=True).get(
        pk=order_id
    )
    contract = Contract.objects.locked().get(pk=contract_id)
    order = TaskOrder.objects.locked().select_related("contract").get(pk=order_id)
    require(permissions.can_complete_order(by, order))
    bounds = days_bounds(order.period_start, order.period_end, contract.time_zone)
    if at < bounds.end:
        message = f"The period of performance runs until {order.period_end:%d %b %Y}."
        raise NotPhysicallyComplete(message, ends=bounds.end)
    held = open_suspense_of(order).count()
    if held:
        message = f"{held} calls of this order are still in suspense."
        raise NotPhysicallyComplete(message, held=held)
    order.move_to(TaskOrderState.COMPLETED)
    record_event(
        events.ORDER_COMPLETED,
        subject=order.subject,
        by=by,
        at=at,
        data={"piid": order.piid, "period_end": order.period_end},
    )
    return order

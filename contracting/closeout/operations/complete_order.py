"""Say that an order is physically complete."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.closeout import events, permissions, queries
from contracting.closeout.refusals import NotPhysicallyComplete
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.orders.models import TaskOrder
from contracting.orders.states import TaskOrderState


@transaction.atomic
def complete_order(*, order_id: int, by: Actor, at: datetime) -> TaskOrder:
    """The period of performance has ended and every call is accounted for.

    FAR 4.804-4(a).

    :raises NotAllowed: if ``by`` is neither designated COR (R-ROL-05) nor contracting
        officer of the agency
    :raises NotPhysicallyComplete: before the period has ended, or while usage of the
        order is in suspense (R-CLO-01)
    :raises IllegalMove: unless the order is issued
    """
    order = _lock_order(order_id)
    on = accounting_day(at, order.contract.time_zone)
    require(permissions.can_complete_order(by, order, on))
    blockers = queries.blockers_of_completion(order, at)
    if blockers:
        message = " ".join(blocker.what for blocker in blockers)
        raise NotPhysicallyComplete(message, blockers=[b.what for b in blockers])
    order.move_to(TaskOrderState.COMPLETED)
    record_event(
        events.ORDER_COMPLETED,
        subject=order.subject,
        by=by,
        at=at,
        data={"piid": order.piid, "period_end": order.period_end},
    )
    return order


def _lock_order(order_id: int) -> TaskOrder:
    """Lock contract and order, in this order."""
    contract_id = TaskOrder.objects.values_list("contract_id", flat=True).get(
        pk=order_id
    )
    Contract.objects.locked().get(pk=contract_id)
    return (
        TaskOrder.objects.locked()
        .select_related("contract__agency", "contract__vendor")
        .get(pk=order_id)
    )

"""Give up an order that was submitted and is not signed."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.approvals.operations.void import void_route
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.core.quantities import Dollars, total_dollars
from contracting.ledger.operations.release import release_commitment
from contracting.ledger.queries import balances_of
from contracting.ledger.states import Obligation
from contracting.orders import events, permissions
from contracting.orders.models import TaskOrder
from contracting.orders.refusals import TermInvalid
from contracting.orders.states import TaskOrderState


@transaction.atomic
def cancel_task_order(
    *, order_id: int, reason: str, by: Actor, at: datetime
) -> TaskOrder:
    """Cancel before issue: the review is void and committed funds are released.

    :raises NotAllowed: if ``by`` is of neither the program nor the contracting office,
        or the order is not in review or approved
    :raises TermInvalid: without a reason
    """
    order = TaskOrder.objects.locked().get(pk=order_id)
    require(permissions.can_cancel_task_order(by, order))
    words = reason.strip()
    if not words:
        message = "Say why the order is cancelled."
        raise TermInvalid(message, term="reason")
    void_route(
        subject=order.subject,
        reason=f"The order was cancelled: {words}"[:300],
        by=by,
        at=at,
    )
    order.move_to(TaskOrderState.CANCELLED)
    released = _release_commitment(order, by, at)
    record_event(
        events.TASK_ORDER_CANCELLED,
        subject=order.subject,
        by=by,
        at=at,
        data={
            "version": order.version,
            "reason": words,
            "commitment_released": released,
        },
    )
    return order


def _release_commitment(order: TaskOrder, by: Actor, at: datetime) -> Dollars:
    """Release whatever is committed to the lines of the order, removed ones too."""
    standing = [
        Obligation(
            holder=line.holder,
            acrn=row.acrn,
            line_of_accounting_id=row.line_of_accounting_id,
            dollars=Dollars(row.committed_dollars),
        )
        for line in order.lines.order_by("pk")
        for row in balances_of(line.holder)
        if row.committed_dollars > 0
    ]
    if standing:
        release_commitment(obligations=standing, because=order.subject, by=by, at=at)
    return total_dollars(each.dollars for each in standing)

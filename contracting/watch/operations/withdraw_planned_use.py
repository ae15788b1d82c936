"""Withdraw use that was planned."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.orders.models import TaskOrder
from contracting.watch import events, permissions
from contracting.watch.models import PlannedUse
from contracting.watch.refusals import BadPlan


@transaction.atomic
def withdraw_planned_use(
    *, plan_id: int, reason: str, by: Actor, at: datetime
) -> PlannedUse:
    """Let a forecast count it no more; that it was planned stays to be read.

    :returns: the row that withdraws it
    :raises NotAllowed: unless ``by`` may plan use of the order
    :raises BadPlan: if it is withdrawn already, or no reason is given
    """
    order = TaskOrder.objects.locked().get(planned_uses=plan_id)
    require(permissions.can_withdraw_planned_use(by, order))
    plan = PlannedUse.objects.get(pk=plan_id)
    if plan.withdraws_id or PlannedUse.objects.filter(withdraws=plan).exists():
        message = "It is withdrawn already."
        raise BadPlan(message)
    if not reason.strip():
        message = "Say why it is not planned any more."
        raise BadPlan(message, pointer="/reason")
    row = PlannedUse.objects.create(
        order=order,
        withdraws=plan,
        words=reason.strip()[:200],
        starts_on=plan.starts_on,
        until=plan.until,
        tokens_per_day=plan.tokens_per_day,
        dollars_per_day=plan.dollars_per_day,
        planned_by_id=by.own_membership_id,
        planned_at=at,
    )
    record_event(
        events.USE_WITHDRAWN,
        subject=plan.subject,
        by=by,
        at=at,
        data={"order": order.piid, "words": plan.words, "reason": row.words},
    )
    return row

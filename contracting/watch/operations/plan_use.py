"""Plan use of an order that its past does not show."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.core.quantities import Dollars, Tokens
from contracting.orders.models import TaskOrder
from contracting.orders.states import TaskOrderState
from contracting.watch import events, permissions
from contracting.watch.models import PlannedUse
from contracting.watch.refusals import BadPlan


@transaction.atomic
def plan_use(
    *,
    order_id: int,
    words: str,
    starts_on: date,
    until: date | None,
    tokens_per_day: Tokens,
    dollars_per_day: Dollars,
    by: Actor,
    at: datetime,
) -> PlannedUse:
    """Say what begins on a day, and how much it uses each day.

    A forecast counts it as a step of its own until it begins; from then on its use is
    in the figures.

    :param until: the last day of it; to the end of the period without one
    :raises NotAllowed: unless ``by`` is the requester's side of the agency
    :raises BadPlan: if the order is not in force, the days are none of its coming ones,
        nothing is used, or nobody says what begins
    """
    order = TaskOrder.objects.locked().select_related("contract").get(pk=order_id)
    require(permissions.can_plan_use(by, order))
    if order.state != TaskOrderState.ISSUED:
        message = f"Order {order.name} is {order.get_state_display()}."
        raise BadPlan(message)
    if not words.strip():
        message = "Say what begins."
        raise BadPlan(message, pointer="/words")
    today = accounting_day(at, order.contract.time_zone)
    if not today <= starts_on <= order.period_end:
        message = f"It begins between today ({today}) and {order.period_end}."
        raise BadPlan(message, pointer="/starts_on")
    if until is not None and until < starts_on:
        message = "It ends after it begins."
        raise BadPlan(message, pointer="/until")
    tokens, dollars = tokens_per_day.count, dollars_per_day.amount
    if tokens < 0 or dollars < 0 or not (tokens or dollars):
        message = "Say how many tokens or dollars it uses each day."
        raise BadPlan(message, pointer="/tokens_per_day")
    plan = PlannedUse.objects.create(
        order=order,
        words=words.strip()[:200],
        starts_on=starts_on,
        until=until,
        tokens_per_day=tokens,
        dollars_per_day=dollars,
        planned_by_id=by.own_membership_id,
        planned_at=at,
    )
    record_event(
        events.USE_PLANNED,
        subject=plan.subject,
        by=by,
        at=at,
        data={
            "order": order.piid,
            "words": plan.words,
            "starts_on": starts_on,
            "until": until,
            "tokens_per_day": tokens,
            "dollars_per_day": dollars_per_day,
        },
    )
    return plan

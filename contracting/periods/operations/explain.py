"""Explain what stands in the way of a month and cannot be mended."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.billing.queries import locked_order
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.periods import events, permissions, queries
from contracting.periods.models import Explanation
from contracting.periods.queries.checks import checks_of
from contracting.periods.refusals import NothingToExplain, PeriodClosed, ReasonMissing


@transaction.atomic
def explain_period(
    *,
    order_id: int,
    month: date,
    condition: str,
    reason: str,
    by: Actor,
    at: datetime,
) -> list[Explanation]:
    """Say why a month is whole although a condition does not hold of it.

    What was found is kept with the words: another fact needs another explanation.

    :param condition: of :class:`Condition`; every source or call that it is about
    :raises NotAllowed: unless ``by`` is the representative or a contracting officer
    :raises PeriodClosed: if the month is closed
    :raises ReasonMissing: without a reason
    :raises NothingToExplain: if it holds, is explained, or no words can lift it
    """
    order = locked_order(order_id)
    on = accounting_day(at, order.contract.time_zone)
    require(permissions.can_explain_period(by, order, on))
    if queries.is_closed(order, month):
        message = f"{month:%B %Y} is closed."
        raise PeriodClosed(message)
    if not reason.strip():
        message = "Say why the month is whole although this does not hold."
        raise ReasonMissing(message, pointer="/reason")
    open_ones = [
        check
        for check in checks_of(order, month, at)
        if check.condition == condition and not check.is_met
    ]
    to_explain = [check for check in open_ones if check.may_be_explained]
    if not to_explain:
        message = "Nothing of this kind stands in the way that words can lift."
        raise NothingToExplain(message, condition=condition)
    made = [
        Explanation.objects.create(
            order=order,
            month=month,
            condition=check.condition,
            facts=check.facts,
            reason=reason.strip(),
            explained_by_id=by.own_membership_id,
            explained_at=at,
        )
        for check in to_explain
    ]
    record_event(
        events.PERIOD_EXPLAINED,
        subject=order.subject,
        by=by,
        at=at,
        data={
            "month": month,
            "condition": condition,
            "facts": [each.facts for each in made],
            "reason": reason.strip(),
        },
    )
    return made

"""Put a flagged count to the vendor."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.billing.queries import locked_order
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.disputes.models import DisputeCase
from contracting.disputes.operations.open import open_dispute
from contracting.recounts import events, permissions, queries
from contracting.recounts.models import CountDispute, RecountPlan
from contracting.recounts.refusals import NotFlagged


@transaction.atomic
def dispute_count(
    *, plan_id: int, order_id: int, question: str, by: Actor, at: datetime
) -> DisputeCase:
    """Open a dispute on how calls are counted; no payment is changed by it.

    Whatever differs in tokens or dollars is a discrepancy, and withheld for itself.

    :param order_id: an order of the contract, of whose calls some are samples
    :raises NotAllowed: if ``by`` is neither designated COR (R-ROL-05) nor contracting
        officer of the agency, nor the schedule
    :raises NotFlagged: if the count is not flagged, or was put to the vendor already,
        or the order has no sample
    :raises CaseIncomplete: without a question
    """
    order = locked_order(order_id)
    plan = RecountPlan.objects.locked().select_related("contract").get(pk=plan_id)
    on = accounting_day(at, plan.contract.time_zone)
    require(permissions.can_dispute_count(by, plan, on))
    flag = getattr(plan, "flag", None)
    if flag is None or hasattr(flag, "dispute"):
        message = "This count is not flagged, or was put to the vendor already."
        raise NotFlagged(message)
    if order not in queries.orders_sampled(plan):
        message = "No sample is of a call of this order."
        raise NotFlagged(message, pointer="/order")
    case = open_dispute(
        order_id=order.pk,
        findings=(),
        question=question,
        is_of_the_count=True,
        by=by,
        at=at,
    )
    CountDispute.objects.create(flag=flag, case=case)
    record_event(
        events.COUNT_DISPUTED,
        subject=plan.subject,
        by=by,
        at=at,
        data={"case": case.public_id, "samples": flag.samples},
    )
    return case

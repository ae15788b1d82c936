"""The contracting officer answers a reviewer who did not concur."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.approvals.models import Decision, Disposition
from contracting.approvals.operations import dispose as approvals_dispose
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.core.permissions import require
from contracting.orders import events, permissions
from contracting.orders.models import TaskOrder


@transaction.atomic
def dispose_nonconcurrence(
    *, order_id: int, decision_id: int, text: str, by: Actor, at: datetime
) -> Disposition:
    """Write how a non-concurrence on this order is disposed of (R-TO-09).

    :raises NotAllowed: if ``by`` is no contracting officer of the agency
    :raises NotVisible: if the decision is not about this order
    :raises NothingToDispose: if the decision concurs, or has been disposed of
    :raises CommentMissing: without words
    """
    order = TaskOrder.objects.locked().get(pk=order_id)
    require(permissions.can_dispose_nonconcurrence(by, order))
    ours = Decision.objects.filter(
        pk=decision_id,
        route__subject_kind=order.subject.kind,
        route__subject_id=order.pk,
    )
    if not ours.exists():
        message = "There is no such decision on this order."
        raise NotVisible(message)
    disposition = approvals_dispose.dispose_nonconcurrence(
        decision_id=decision_id, text=text, by=by, at=at
    )
    record_event(
        events.NONCONCURRENCE_DISPOSED,
        subject=order.subject,
        by=by,
        at=at,
        data={"decision": decision_id, "text": disposition.text},
    )
    return disposition

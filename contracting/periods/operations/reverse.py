"""Take back the accruals of the months that are over."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.billing.queries import locked_order
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day, months_after
from contracting.core.permissions import require
from contracting.periods import events, permissions, queries
from contracting.periods.models import Accrual
from contracting.periods.states import AccrualKind


@transaction.atomic
def reverse_accruals(*, order_id: int, by: Actor, at: datetime) -> list[Accrual]:
    """Add the reversal of each accrual on the first day of the month after it.

    May run twice, and does nothing before that day. What is reversed is what was
    posted, to the last digit and to the cent.

    :raises NotAllowed: unless ``by`` is the job, or certifies funds or payments
    """
    order = locked_order(order_id)
    require(permissions.can_reverse_accruals(by, order))
    today = accounting_day(at, order.contract.time_zone)
    made = [
        Accrual.objects.create(
            order=order,
            month=each.month,
            kind=AccrualKind.REVERSED,
            basis=each.basis,
            order_line_id=each.order_line_id,
            acrn=each.acrn,
            dollars=-each.dollars,
            cents=-each.cents,
            posted_on=months_after(each.month, 1),
            known_at=each.known_at,
            reverses=each,
            posted_by=by.name,
            posted_at=at,
        )
        for each in queries.standing_accruals(order, before=today)
    ]
    if made:
        record_event(
            events.ACCRUALS_REVERSED,
            subject=order.subject,
            by=by,
            at=at,
            data={
                "rows": len(made),
                "dollars": sum(each.dollars for each in made),
            },
        )
    return made

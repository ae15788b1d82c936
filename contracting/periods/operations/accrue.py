"""Accrue what an order owes at the end of a month."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.billing.queries import locked_order
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.metering.operations.fold import fold_usage
from contracting.periods import events, permissions
from contracting.periods.calculations import last_day_of
from contracting.periods.models import Accrual
from contracting.periods.queries.accruals import accruable
from contracting.periods.refusals import MonthNotOver
from contracting.periods.states import AccrualKind


@transaction.atomic
def accrue_month(
    *, order_id: int, month: date, by: Actor, at: datetime
) -> list[Accrual]:
    """Add what is used and not accepted by line and ACRN, and what is in suspense.

    The rows are dated the last day of the month, and are no transfers: no funds move.
    May run twice: what is accrued for a month stays as it was posted.

    :raises NotAllowed: unless ``by`` is the job, or certifies funds or payments
    :raises MonthNotOver: before the last day of the month
    """
    order = locked_order(order_id)
    require(permissions.can_accrue_month(by, order))
    last = last_day_of(month)
    if accounting_day(at, order.contract.time_zone) < last:
        message = f"{month:%B %Y} is accrued on {last.day} {last:%B}, or later."
        raise MonthNotOver(message)
    standing = Accrual.objects.filter(
        order=order, month=month, kind=AccrualKind.ACCRUED
    )
    if standing.exists():
        return list(standing.order_by("pk"))
    fold_usage(order_id=order.pk, by=by)
    made = [
        Accrual.objects.create(
            order=order,
            month=month,
            kind=AccrualKind.ACCRUED,
            basis=each.basis,
            order_line_id=each.order_line_id,
            acrn=each.acrn,
            dollars=each.dollars.amount,
            cents=each.dollars.to_cents().amount,
            posted_on=last,
            known_at=at,
            posted_by=by.name,
            posted_at=at,
        )
        for each in accruable(order, month, at)
    ]
    if made:
        record_event(
            events.MONTH_ACCRUED,
            subject=order.subject,
            by=by,
            at=at,
            data={
                "month": month,
                "rows": len(made),
                "dollars": sum(each.dollars for each in made),
            },
        )
    return made

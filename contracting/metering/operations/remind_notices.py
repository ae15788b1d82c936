"""Give the notices of funds that nothing else has given, and those again that wait."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Max

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.metering import events, permissions
from contracting.metering.models import FundsNotice
from contracting.metering.operations.deliver_notice import deliver_notice
from contracting.metering.operations.give_notice import give_notice
from contracting.metering.queries.funds_notices import funding_epoch, not_acknowledged
from contracting.metering.states import NOTICE_AGAIN
from contracting.orders.models import TaskOrder
from contracting.orders.states import TaskOrderState
from contracting.reference.queries import threshold

MOST_TIMES: Final = 5


@transaction.atomic
def remind_notices(*, order_id: int, by: Actor, at: datetime) -> int:
    """Put before each side again what it has not acknowledged for some days.

    At most five times, and only of the epoch that runs: added funds make older shares
    moot. A share that was reached without use, because funds were taken back, is told.

    :returns: how many notices went out to a side, new ones included
    :raises NotAllowed: if ``by`` is not the schedule
    """
    order = (
        TaskOrder.objects.locked()
        .select_related("contract", "requester")
        .get(pk=order_id)
    )
    require(permissions.can_remind_notices(by))
    if order.state != TaskOrderState.ISSUED:
        return 0
    holders = [line.holder for line in order.lines.order_by("pk")]
    sent = 2 * len(give_notice(holders=holders, by=by, at=at))
    on = accounting_day(at, order.contract.time_zone)
    wait = timedelta(days=int(threshold(NOTICE_AGAIN, on).value))
    again = []
    waiting = not_acknowledged(
        FundsNotice.objects.filter(order=order, epoch=funding_epoch(order))
    )
    for notice in waiting.order_by("pk"):
        sides = _sides_that_wait(notice, at - wait)
        if sides:
            deliver_notice(notice=notice, by=by, at=at, to=sides)
            again.append({"notice": notice.public_id, "sides": len(sides)})
            sent += len(sides)
    if again:
        record_event(
            events.FUNDS_NOTICES_REMINDED,
            subject=order.subject,
            by=by,
            at=at,
            data={"again": again},
        )
    return sent


def _sides_that_wait(notice: FundsNotice, until: datetime) -> list[int]:
    done = set(notice.acknowledgements.values_list("organization_id", flat=True))
    times = notice.deliveries.values_list("organization_id").annotate(
        last=Max("delivered_at"), times=Max("attempt")
    )
    return sorted(
        organization_id
        for organization_id, last, attempts in times
        if organization_id not in done and attempts < MOST_TIMES and last <= until
    )

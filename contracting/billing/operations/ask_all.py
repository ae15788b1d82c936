"""The nightly job: ask for the report of every month that is over."""

from __future__ import annotations

import logging
from datetime import datetime

from contracting.billing.operations.ask_for_report import ask_for_report
from contracting.billing.queries.register import months_of
from contracting.billing.states import ReportStanding
from contracting.core.actors import SYSTEM
from contracting.orders.models import TaskOrder
from contracting.orders.states import TaskOrderState

_log = logging.getLogger(__name__)


def ask_all(*, at: datetime) -> int:
    """Ask of every signed order, one transaction each; a failure stops nothing else.

    Nothing is asked of a month of which the report is there already.

    :returns: how many reports were asked for
    """
    asked = 0
    running = (TaskOrderState.ISSUED, TaskOrderState.COMPLETED)
    orders = TaskOrder.objects.filter(state__in=running).select_related("contract")
    for order in orders.order_by("pk"):
        try:
            for month in months_of(order, at):
                if month.request is None and month.standing in _OPEN:
                    ask_for_report(
                        order_id=order.pk, month=month.first_day, by=SYSTEM, at=at
                    )
                    asked += 1
        except Exception:  # noqa: BLE001 (logged; the others go on)
            _log.exception("No report of order %s was asked for.", order.public_id)
    return asked


_OPEN = {
    ReportStanding.NOT_ASKED,
    ReportStanding.MISSING,
    ReportStanding.PARTLY_MISSING,
}

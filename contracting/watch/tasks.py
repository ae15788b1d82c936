"""Celery tasks of the watch."""

from __future__ import annotations

import logging

from celery import shared_task

from contracting.core import clock
from contracting.core.actors import SYSTEM
from contracting.metering.models import UsageSource
from contracting.metering.operations.remind_notices import remind_notices
from contracting.orders.models import TaskOrder
from contracting.orders.states import TaskOrderState
from contracting.watch.operations import raise_alarms as alarms
from contracting.watch.operations.tell_forecast import tell_forecast
from contracting.watch.queries.findings import differing_sums

_log = logging.getLogger(__name__)


@shared_task  # type: ignore[untyped-decorator,unused-ignore]
def raise_alarms(*, with_sums: bool = False) -> int:
    """Raise what people should look at, each agency by itself.

    :param with_sums: also prove the sums that pages read, once a night
    :returns: how many alarms are new; what failed stands in the log
    """
    at = clock.now()
    sums = _differing_sums() if with_sums else {}
    agencies = UsageSource.objects.order_by("agency").values_list("agency", flat=True)
    made = 0
    for agency_id in agencies.distinct():
        try:
            found = alarms.raise_alarms(
                agency_id=agency_id, sums=sums.get(agency_id, ()), by=SYSTEM, at=at
            )
            made += len(found)
        except Exception:  # noqa: BLE001 (logged; the others go on)
            _log.exception("Agency %s was not watched.", agency_id)
    return made


def _differing_sums() -> dict[int, list[str]]:
    try:
        return differing_sums()
    except Exception:  # noqa: BLE001 (logged; the other alarms are raised)
        _log.exception("The sums that pages read were not proved.")
        return {}


@shared_task  # type: ignore[untyped-decorator,unused-ignore]
def give_funds_notices() -> int:
    """Give the notices of funds that are due by the calendar, order by order.

    Those of the forecast, and again those that nobody has acknowledged.

    :returns: how many orders were told of; what failed stands in the log
    """
    at = clock.now()
    orders = TaskOrder.objects.filter(state=TaskOrderState.ISSUED).order_by("pk")
    told = 0
    for order_id in orders.values_list("pk", flat=True):
        try:
            given = tell_forecast(order_id=order_id, by=SYSTEM, at=at)
            again = remind_notices(order_id=order_id, by=SYSTEM, at=at)
        except Exception:  # noqa: BLE001 (logged; the others go on)
            _log.exception("Order %s was not told of its funds.", order_id)
        else:
            told += given is not None or again > 0
    return told

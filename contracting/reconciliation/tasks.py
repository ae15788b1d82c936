"""Celery tasks of reconciliation."""

from __future__ import annotations

import logging
from datetime import datetime

from celery import shared_task

from contracting.core import clock
from contracting.core.actors import SYSTEM
from contracting.reconciliation.operations.reconcile_all import reconcile_all
from contracting.reconciliation.operations.remind import remind_overdue_findings

_log = logging.getLogger(__name__)


@shared_task
def reconcile_nightly(at: str | None = None) -> int:
    """Compare what has changed; may run twice, since a difference is found once.

    :param at: an instant in ISO format; now, where nothing is given
    :returns: the number of comparisons made; what failed stands in the log
    """
    night = reconcile_all(at=datetime.fromisoformat(at) if at else clock.now())
    if night.failed:
        _log.error("Not compared tonight: %s.", ", ".join(night.failed))
    return night.made


@shared_task
def remind_overdue(at: str | None = None) -> int:
    """Tell owners of overdue discrepancies; may run twice, since it tells once a day.

    :param at: an instant in ISO format; now, where nothing is given
    :returns: the number of owners that were told
    """
    return remind_overdue_findings(
        by=SYSTEM, at=datetime.fromisoformat(at) if at else clock.now()
    )


@shared_task
def reconcile_monthly(at: str | None = None) -> int:
    """Compare everything anew, whatever was read before; may run twice.

    The result is the same as that of the nights, unless something was read wrongly.

    :param at: an instant in ISO format; now, where nothing is given
    :returns: the number of comparisons made; what failed stands in the log
    """
    instant = datetime.fromisoformat(at) if at else clock.now()
    month = reconcile_all(at=instant, anew=True)
    if month.failed:
        _log.error("Not compared this month: %s.", ", ".join(month.failed))
    return month.made

"""Celery tasks of months."""

from __future__ import annotations

import logging
from datetime import datetime

from celery import shared_task

from contracting.core import clock
from contracting.periods.operations.accrue_all import accrue_all

_log = logging.getLogger(__name__)


@shared_task
def accrue_nightly(at: str | None = None) -> int:
    """Accrue the months that have ended and take back what is over; may run twice.

    :param at: an instant in ISO format; now, where nothing is given
    :returns: the number of rows posted; what failed stands in the log
    """
    night = accrue_all(at=datetime.fromisoformat(at) if at else clock.now())
    if night.failed:
        _log.error("Not accrued tonight: %s.", ", ".join(night.failed))
    return night.made

"""Celery tasks of charges."""

from __future__ import annotations

import logging
from datetime import datetime

from celery import shared_task

from contracting.charges.operations.charge_all import charge_all
from contracting.core import clock

_log = logging.getLogger(__name__)


@shared_task
def charge_nightly(at: str | None = None) -> int:
    """Charge what the calendar has made due; may run twice.

    :param at: an instant in ISO format; now, where nothing is given
    :returns: the number of charges made; what failed stands in the log
    """
    night = charge_all(at=datetime.fromisoformat(at) if at else clock.now())
    if night.failed:
        _log.error("Not charged tonight: %s.", ", ".join(night.failed))
    return night.made

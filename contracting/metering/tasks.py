"""Celery tasks of metering."""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta
from typing import Final

from celery import shared_task

from contracting.core import clock
from contracting.core.actors import SYSTEM
from contracting.metering.operations.alarm import alarm_of_sources
from contracting.metering.operations.fold_all import fold_all
from contracting.metering.operations.rate import rate_period
from contracting.metering.operations.remind import remind_suspense as remind
from contracting.metering.operations.sort_by_key import (
    sort_usage_by_key as sort_by_key,
)
from contracting.metering.operations.sweep import sweep_reservations as sweep
from contracting.metering.queries import keyed, lines_to_rate
from contracting.metering.queries.control import gates_to_sweep

LATELY: Final = timedelta(hours=1)
SORTING_SECONDS: Final = 60.0
_log = logging.getLogger(__name__)


@shared_task  # type: ignore[untyped-decorator,unused-ignore]
def fold_usage() -> int:
    """Let the roller run, unless one is at work; that one folds what is new too.

    :returns: how many orders were folded
    """
    return fold_all(by=SYSTEM, at=clock.now())


@shared_task  # type: ignore[untyped-decorator,unused-ignore]
def sort_usage_by_key(*, every_day: bool = False) -> int:
    """Sort days by key that do not add up to the daily sums, the newest first.

    A day that still runs is read as a whole each time, so that this gives way after a
    minute; the rest is sorted the next time.

    :param every_day: look at every day there is, not at orders folded lately alone
    :returns: how many days were sorted; what failed stands in the log
    """
    since = None if every_day else clock.now() - LATELY
    made, end = 0, time.monotonic() + SORTING_SECONDS
    for line, day in keyed.unsorted_days(since):
        if time.monotonic() > end:
            break
        try:
            sort_by_key(order_line_id=line, day=day)
        except Exception:  # noqa: BLE001 (logged; the others go on)
            _log.exception("Line %s of %s was not sorted by key.", line, day)
        else:
            made += 1
    return made


@shared_task  # type: ignore[untyped-decorator,unused-ignore]
def rate_periods(at: str | None = None) -> int:
    """Put the usage of every line priced by volume on its steps, each by itself.

    :param at: an instant in ISO format; now, where nothing is given
    :returns: how many lines were trued up; what failed stands in the log
    """
    moment = datetime.fromisoformat(at) if at else clock.now()
    made = 0
    for line in lines_to_rate():
        try:
            run = rate_period(contract_line_id=line.pk, by=SYSTEM, at=moment)
        except Exception:  # noqa: BLE001 (logged; the others go on)
            _log.exception("Line %s was not rated.", line.public_id)
        else:
            made += run is not None
    return made


@shared_task  # type: ignore[untyped-decorator,unused-ignore]
def remind_suspense() -> int:
    """Tell each agency of what is held for three days."""
    return remind(by=SYSTEM, at=clock.now())


@shared_task  # type: ignore[untyped-decorator,unused-ignore]
def sweep_reservations() -> int:
    """End every lease that is over, and count what has come free, gate by gate."""
    at, ended = clock.now(), 0
    for gate_id in gates_to_sweep(at):
        try:
            ended += sweep(gate_id=gate_id, by=SYSTEM, at=at)
        except Exception:  # noqa: BLE001 (logged; the others go on)
            _log.exception("Gate %s was not swept.", gate_id)
    return ended


@shared_task  # type: ignore[untyped-decorator,unused-ignore]
def alarm_sources() -> int:
    """Tell each agency once of a day of a source that does not prove complete."""
    return alarm_of_sources(by=SYSTEM, at=clock.now())

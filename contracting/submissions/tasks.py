"""Celery tasks of submissions."""

from __future__ import annotations

import logging

from celery import shared_task
from django.db import DatabaseError

from contracting.core import clock
from contracting.core.actors import SYSTEM
from contracting.core.errors import Refusal
from contracting.submissions.operations.close import close_receipts
from contracting.submissions.operations.log import log_health as log
from contracting.submissions.operations.warn import warn_of_losses as warn
from contracting.submissions.queries import due_to_close
from contracting.submissions.refusals import OutageUnresolved

_log = logging.getLogger(__name__)


@shared_task  # type: ignore[untyped-decorator,unused-ignore]
def close_due_receipts() -> int:
    """Publish the root of every solicitation whose deadline has passed.

    One that cannot be closed now, because an offer is still on its way into the
    database or somebody else closes it, holds up no other: the next run tries again.
    """
    now, done = clock.now(), 0
    for solicitation_id in due_to_close(now):
        try:
            close_receipts(solicitation_id=solicitation_id, by=SYSTEM, at=now)
        except OutageUnresolved:
            continue  # its officers were told when the log had a beat again
        except (DatabaseError, Refusal) as error:
            _log.warning("Receipts of %s not closed: %s.", solicitation_id, error)
        else:
            done += 1
    return done


@shared_task  # type: ignore[untyped-decorator,unused-ignore]
def warn_of_losses() -> int:
    """Tell contracting officers of boxes with no opener to spare."""
    return warn(by=SYSTEM, at=clock.now())


@shared_task  # type: ignore[untyped-decorator,unused-ignore]
def log_health() -> None:
    """Write a beat of the health log."""
    log(at=clock.now())

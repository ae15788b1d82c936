"""Celery tasks of submissions."""

from __future__ import annotations

from celery import shared_task

from contracting.core import clock
from contracting.core.actors import SYSTEM
from contracting.submissions.operations.warn import warn_of_losses as warn


@shared_task  # type: ignore[untyped-decorator,unused-ignore]
def warn_of_losses() -> int:
    """Tell contracting officers of boxes with no opener to spare."""
    return warn(by=SYSTEM, at=clock.now())

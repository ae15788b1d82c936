"""Celery tasks of incidents."""

from __future__ import annotations

from celery import shared_task

from contracting.core import clock
from contracting.core.actors import SYSTEM
from contracting.incidents.operations.remind import remind_incidents as remind


@shared_task  # type: ignore[untyped-decorator,unused-ignore]
def remind_incidents() -> int:
    """Tell both sides of updates that are missing."""
    return remind(by=SYSTEM, at=clock.now())

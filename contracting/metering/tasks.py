"""Celery tasks of metering."""

from __future__ import annotations

from celery import shared_task

from contracting.core import clock
from contracting.core.actors import SYSTEM
from contracting.metering.operations.remind import remind_suspense as remind


@shared_task  # type: ignore[untyped-decorator,unused-ignore]
def remind_suspense() -> int:
    """Tell each agency of what is held for three days."""
    return remind(by=SYSTEM, at=clock.now())

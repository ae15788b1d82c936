"""Celery tasks of disputes."""

from __future__ import annotations

from celery import shared_task

from contracting.core import clock
from contracting.core.actors import SYSTEM
from contracting.disputes.operations.remind import remind_disputes as remind


@shared_task  # type: ignore[untyped-decorator,unused-ignore]
def remind_disputes() -> int:
    """Tell both sides of answers and decisions that are missing."""
    return remind(by=SYSTEM, at=clock.now())

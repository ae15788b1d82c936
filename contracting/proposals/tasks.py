"""Celery tasks of drafts."""

from __future__ import annotations

from celery import shared_task

from contracting.core import clock
from contracting.core.actors import SYSTEM
from contracting.proposals.operations.expire import expire_drafts as expire


@shared_task  # type: ignore[untyped-decorator,unused-ignore]
def expire_drafts() -> int:
    """Delete drafts that nobody can submit any more."""
    return expire(by=SYSTEM, at=clock.now())

"""Celery tasks of reconciliation."""

from __future__ import annotations

from datetime import datetime

from celery import shared_task

from contracting.core import clock
from contracting.reconciliation.operations.reconcile_all import reconcile_all


@shared_task
def reconcile_nightly(at: str | None = None) -> int:
    """Compare everything; may run twice, since a difference is found once.

    :param at: the instant as ISO text, only where a story is told; else the clock
    """
    return reconcile_all(at=datetime.fromisoformat(at) if at else clock.now())

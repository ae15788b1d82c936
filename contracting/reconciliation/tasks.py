"""Celery tasks of reconciliation."""

from __future__ import annotations

from celery import shared_task

from contracting.core import clock
from contracting.reconciliation.operations.reconcile_all import reconcile_all


@shared_task
def reconcile_nightly() -> int:
    """Compare everything; may run twice, since a difference is found once."""
    return reconcile_all(at=clock.now())

"""Celery tasks of the audit of the count."""

from __future__ import annotations

from datetime import datetime

from celery import shared_task

from contracting.core import clock
from contracting.recounts.operations.dispute_all import dispute_all


@shared_task
def dispute_flagged_counts(at: str | None = None) -> int:
    """Put every flagged count to its vendor; may run twice.

    :param at: an instant in ISO format; now, where nothing is given
    :returns: the number of disputes that were opened
    """
    return dispute_all(at=datetime.fromisoformat(at) if at else clock.now())

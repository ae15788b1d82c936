"""Celery tasks of the operator."""

from __future__ import annotations

import logging

from celery import shared_task

from contracting.operate.queries import broken_invariants

log = logging.getLogger(__name__)


@shared_task
def check_invariants_nightly() -> int:
    """Check what must hold at every moment; what does not is logged as an error."""
    broken = broken_invariants()
    for sentence, exceptions in broken.items():
        log.error("Broken invariant: %s: %s", sentence, "; ".join(exceptions[:20]))
    return len(broken)

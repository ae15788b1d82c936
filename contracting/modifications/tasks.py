"""Celery tasks of modifications."""

from __future__ import annotations

from celery import shared_task

from contracting.core import clock
from contracting.core.actors import SYSTEM
from contracting.modifications.operations.open_ratchet_findings import (
    open_ratchet_findings as open_findings,
)


@shared_task  # type: ignore[untyped-decorator,unused-ignore]
def open_ratchet_findings() -> int:
    """Compare the public list with the contracts that follow it down."""
    return len(open_findings(by=SYSTEM, at=clock.now()))

"""The post room: call one operation."""

from __future__ import annotations

from celery import shared_task

from contracting.core import clock
from contracting.notices.operations import sweep_notices as sweep


@shared_task  # type: ignore[untyped-decorator,unused-ignore]
def sweep_notices() -> int:
    """Send the e-mail of what was posted."""
    return sweep.sweep_notices(at=clock.now())

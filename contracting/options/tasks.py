"""Celery tasks of options."""

from __future__ import annotations

from celery import shared_task

from contracting.core import clock
from contracting.core.actors import SYSTEM
from contracting.options.operations.alert import alert_options as alert


@shared_task  # type: ignore[untyped-decorator,unused-ignore]
def alert_options() -> int:
    """Tell contracting officers which options are near their days."""
    return len(alert(by=SYSTEM, at=clock.now()))

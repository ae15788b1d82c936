"""Celery tasks of verification."""

from __future__ import annotations

import logging

from celery import shared_task

from contracting.core import clock
from contracting.core.actors import SYSTEM
from contracting.documents.signing.keys import SealMissing
from contracting.verification.operations import publish_status_list as publishing

_log = logging.getLogger(__name__)


@shared_task  # type: ignore[untyped-decorator,unused-ignore]
def publish_status_list() -> int:
    """Publish the list of the day; its number, or 0 while there is no seal."""
    try:
        made = publishing.publish_status_list(by=SYSTEM, at=clock.now())
    except SealMissing as missing:
        _log.warning("No status list is published: %s", missing)
        return 0
    return made.number

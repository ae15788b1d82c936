"""The paper queue: load an id, call one operation."""

from __future__ import annotations

from celery import shared_task
from django.conf import settings

from contracting.core import clock
from contracting.documents.operations import render, sweep

LIMITS = {
    "soft_time_limit": settings.PAPER_SECONDS,
    "time_limit": settings.PAPER_SECONDS + 30,
}
"""The soft limit fails the attempt with a reason; the hard one ends the worker."""


@shared_task(**LIMITS)  # type: ignore[untyped-decorator,unused-ignore]
def render_document(document_id: int) -> None:
    """Print one paper; harmless when it is printed already."""
    render.render_document(document_id=document_id)


@shared_task(**LIMITS)  # type: ignore[untyped-decorator,unused-ignore]
def sweep_documents() -> int:
    """Print what a lost message has left."""
    return sweep.sweep_documents(at=clock.now())

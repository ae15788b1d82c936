"""The paper queue: load an id, call one operation."""

from __future__ import annotations

from celery import shared_task

from contracting.core import clock
from contracting.documents.operations import render, sweep


@shared_task  # type: ignore[untyped-decorator,unused-ignore]
def render_document(document_id: int) -> None:
    """Print one paper; harmless when it is printed already."""
    render.render_document(document_id=document_id)


@shared_task  # type: ignore[untyped-decorator,unused-ignore]
def sweep_documents() -> int:
    """Print what a lost message has left."""
    return sweep.sweep_documents(at=clock.now())

"""The paper queue: load an id, call one operation."""

from __future__ import annotations

from typing import Any, Final

from celery import shared_task
from celery.signals import worker_process_shutdown
from django.conf import settings

from contracting.core import clock
from contracting.documents import rendering
from contracting.documents.operations import (
    clear_parts as clearing,
)
from contracting.documents.operations import (
    render,
    sweep,
)
from contracting.documents.operations import (
    sweep_operations as sweeping,
)
from contracting.documents.operations import (
    work_operation as working,
)

SOFT: Final[int] = settings.PAPER_SECONDS
"""Seconds after which an attempt fails with a reason."""

HARD: Final[int] = SOFT + 30
"""Seconds after which its worker is ended."""


@worker_process_shutdown.connect  # type: ignore[untyped-decorator,unused-ignore]
def clear_the_press(**_: Any) -> None:
    """A recycled worker leaves no fonts behind: it ends without its last words."""
    rendering.put_away()


@shared_task(soft_time_limit=SOFT, time_limit=HARD)  # type: ignore[untyped-decorator,unused-ignore]
def render_document(document_id: int) -> None:
    """Print one paper; harmless when it is printed already."""
    render.render_document(document_id=document_id)


@shared_task(soft_time_limit=SOFT, time_limit=HARD)  # type: ignore[untyped-decorator,unused-ignore]
def sweep_documents() -> int:
    """Print what a lost message has left."""
    return sweep.sweep_documents(at=clock.now())


@shared_task(queue="work")  # type: ignore[untyped-decorator,unused-ignore]
def work_operation(operation_id: int) -> None:
    """Do the steps of an operation; harmless when it has ended already."""
    working.work_operation(operation_id=operation_id)


@shared_task(queue="work")  # type: ignore[untyped-decorator,unused-ignore]
def sweep_operations() -> int:
    """Go on with what a lost worker or message has left."""
    return sweeping.sweep_operations(at=clock.now())


@shared_task(queue="work")  # type: ignore[untyped-decorator,unused-ignore]
def clear_parts() -> int:
    """Remove what workers that were ended in the middle have left in the storage."""
    return clearing.clear_parts(at=clock.now())

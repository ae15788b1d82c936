"""Print what a lost message has left, and what failed and may be tried again."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from contracting.documents.models import Document
from contracting.documents.operations.render import render_document
from contracting.documents.states import DocumentState


def sweep_documents(*, at: datetime, limit: int = 50) -> int:
    """Print what is due at ``at``, oldest first, each paper in its own transaction.

    :returns: how many papers were printed; a second run right after prints none
    """
    due = Q(next_attempt_at__isnull=True) | Q(next_attempt_at__lte=at)
    waiting = Document.objects.waiting().filter(due).order_by("pk")
    printed = 0
    for document_id in list(waiting.values_list("pk", flat=True)[:limit]):
        document = render_document(document_id=document_id)
        if document is not None and document.state == DocumentState.RENDERED:
            printed += 1
    return printed

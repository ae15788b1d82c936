"""Print what a lost message has left, and what failed and may be tried again."""

from __future__ import annotations

import time
from datetime import datetime

from django.db.models import Q

from contracting.documents.models import Document
from contracting.documents.operations.render import render_document
from contracting.documents.states import DocumentState

LONGEST_SECONDS = 30.0


def sweep_documents(
    *, at: datetime, limit: int = 50, seconds: float = LONGEST_SECONDS
) -> int:
    """Print what is due at ``at``, oldest first, each paper by itself.

    A paper that another worker is printing is left to it. What is left after so many
    papers, or so many seconds, is for the next sweep: a long paper takes its time from
    no other.

    :returns: how many papers were printed; a second run right after prints none
    """
    end = time.monotonic() + seconds
    free = Q(leased_until__isnull=True) | Q(leased_until__lte=at)
    due = Q(next_attempt_at__isnull=True) | Q(next_attempt_at__lte=at)
    waiting = Document.objects.waiting().filter(free, due).order_by("pk")
    printed = 0
    for document_id in list(waiting.values_list("pk", flat=True)[:limit]):
        document = render_document(document_id=document_id)
        if document is not None and document.state == DocumentState.RENDERED:
            printed += 1
        if time.monotonic() > end:
            break
    return printed

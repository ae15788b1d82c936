"""Ask again for a paper that has failed."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.documents import events, permissions, tasks
from contracting.documents.models import Document
from contracting.documents.queries import recorded_as
from contracting.documents.states import DocumentState


@transaction.atomic
def retry_document(*, document_id: int, by: Actor, at: datetime) -> Document:
    """Put a failed paper back into the queue, with its attempts counted anew.

    :raises NotAllowed: if ``by`` is not the agency's contracting staff (of a receipt:
        its vendor), or the paper has not failed
    """
    document: Document = Document.objects.locked().get(pk=document_id)
    require(permissions.can_retry_document(by, document))
    failed_with = document.last_error
    document.attempts = 0
    document.next_attempt_at = None
    document.save(update_fields=["attempts", "next_attempt_at"])
    document.move_to(DocumentState.REQUESTED)
    transaction.on_commit(
        lambda: tasks.render_document.apply_async((document.pk,), retry=False),
        robust=True,
    )
    record_event(
        events.DOCUMENT_RETRIED,
        subject=document.as_subject,
        by=recorded_as(by, document),
        at=at,
        data={"document": document.public_id, "failed_with": failed_with[:500]},
    )
    return document

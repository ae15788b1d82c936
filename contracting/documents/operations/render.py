"""Print a paper that was asked for."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import SYSTEM
from contracting.core.models import ClockTimestamp
from contracting.documents import events, rendering
from contracting.documents.models import Document, Rendering
from contracting.documents.operations.store import store_blob
from contracting.documents.states import DocumentState

MAX_ATTEMPTS = 6
FIRST_WAIT = timedelta(seconds=10)
MISSING_WAIT = timedelta(seconds=60)

_log = logging.getLogger(__name__)


@transaction.atomic
def render_document(*, document_id: int) -> Document | None:
    """Print the paper, store the print under its hash, and say so.

    May run twice, and at once on two workers: whoever holds the row prints, the other
    finds nothing to do and returns ``None``. What goes wrong is written on the row; the
    sweep tries again, each time after a longer wait, and gives up visibly in the end.
    A paper waits without limit, and without counting, while the machine lacks the
    libraries that print.
    """
    document: Document | None = (
        Document.objects.waiting()
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("agency")
        .filter(pk=document_id)
        .first()
    )
    if document is None:
        return None
    try:
        with transaction.atomic():
            _print(document)
    except rendering.LibrariesMissing as missing:
        _wait(document, str(missing), MISSING_WAIT)
    except Exception as error:  # noqa: BLE001 (written on the row, tried again)
        _log.exception("Paper %s was not printed.", document.public_id)
        _count_failure(document, f"{type(error).__name__}: {error}")
    return document


def _print(document: Document) -> None:
    sheet = rendering.Sheet(
        kind=document.kind,
        title=document.title,
        number=document.number,
        version=document.version,
        content_sha256=document.content_sha256,
        context=document.context,
        author=document.agency.name,
        created_at=document.requested_at,
    )
    pdf = rendering.render(sheet)
    blob = store_blob(content=pdf, media_type="application/pdf")
    made = Rendering.objects.create(
        document=document,
        blob=blob,
        renderer=rendering.renderer(),
        template_sha256=rendering.template_sha256(document.kind),
    )
    document.attempts += 1
    document.last_error = ""
    document.next_attempt_at = None
    document.save(update_fields=["attempts", "last_error", "next_attempt_at"])
    document.move_to(DocumentState.RENDERED)
    record_event(
        events.DOCUMENT_RENDERED,
        subject=document.as_subject,
        by=SYSTEM,
        at=document.requested_at,
        data={
            "document": document.public_id,
            "kind": document.kind,
            "number": document.number,
            "version": document.version,
            "content_sha256": document.content_sha256,
            "sha256": blob.sha256,
            "size_bytes": blob.size_bytes,
            "renderer": made.renderer,
            "template_sha256": made.template_sha256,
        },
    )


def _count_failure(document: Document, why: str) -> None:
    document.refresh_from_db(fields=["state", "attempts"])
    document.attempts += 1
    document.save(update_fields=["attempts"])
    if document.attempts < MAX_ATTEMPTS:
        _wait(document, why, FIRST_WAIT * 3 ** (document.attempts - 1))
        return
    document.last_error = why[:2000]
    document.save(update_fields=["last_error"])
    document.move_to(DocumentState.FAILED)
    record_event(
        events.DOCUMENT_FAILED,
        subject=document.as_subject,
        by=SYSTEM,
        at=document.requested_at,
        data={"document": document.public_id, "kind": document.kind, "why": why[:500]},
    )


def _wait(document: Document, why: str, how_long: timedelta) -> None:
    document.last_error = why[:2000]
    document.next_attempt_at = ClockTimestamp() + how_long
    document.save(update_fields=["last_error", "next_attempt_at"])
    document.refresh_from_db(fields=["next_attempt_at"])

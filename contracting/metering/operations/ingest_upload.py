"""Count a file that was taken in: one step of its operation."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.core.actors import SYSTEM, Actor
from contracting.documents.models import Operation
from contracting.documents.queries import Progress, read_blob
from contracting.metering.adapters import cloudevents, files
from contracting.metering.models import CountedChunk, UsageUpload
from contracting.metering.operations.ingest import ingest_usage
from contracting.metering.queries.uploads import words_of_counts
from contracting.notices.operations.post_notice import Recipient, post_notice


@transaction.atomic
def ingest_upload(*, operation_id: int, by: Actor, at: datetime) -> Progress:
    """Count the next chunk of the file as a batch.

    The chunk, its batch and the progress of the operation are one transaction: a worker
    that ends in the middle has counted it whole or not at all.

    :raises NotAllowed: if whoever sent the file may no longer import usage
    """
    upload = UsageUpload.objects.select_related("source", "operation").get(
        operation=operation_id
    )
    waiting = upload.chunks.filter(counted__isnull=True).order_by("position")
    chunk, *more = waiting.select_related("content")[:2]
    receipt = ingest_usage(
        source_id=upload.source_id,
        payload=read_blob(chunk.content),
        read=cloudevents.read_batch if chunk.is_exact else files.read_back,
        mapping_id=upload.mapping_id,
        kept=None if chunk.is_exact else chunk.content,
        by=by,
        at=at,
    )
    CountedChunk.objects.create(chunk=chunk, batch=receipt.batch)
    words = words_of_counts(upload)
    if not more:
        _tell(upload, upload.operation, words, at)
    return Progress(chunk.rows, phase=words[:80], is_last=not more)


def _tell(upload: UsageUpload, operation: Operation, words: str, at: datetime) -> None:
    """Whoever has sent the file is told that it is counted; a machine asks for it."""
    sender = operation.by_membership
    if sender is None or not sender.is_active:
        return
    post_notice(
        recipients=[Recipient(upload.agency_id, user_id=sender.user_id)],
        subject=upload.subject,
        title=f"{operation.title}: done",
        body=f"{upload.rows:,} rows: {words}.",
        url_path=upload.path,
        by=SYSTEM,
        at=at,
    )

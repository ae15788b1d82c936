"""Take in a file of usage; an operation counts it chunk by chunk."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from accounts.states import Scope
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.documents.operations.start_operation import start_operation
from contracting.documents.operations.store import store_blob
from contracting.documents.states import OperationState
from contracting.metering import events, permissions
from contracting.metering.adapters.files import ReadFile
from contracting.metering.adapters.reading import Reading
from contracting.metering.models import UploadChunk, UsageSource, UsageUpload
from contracting.metering.refusals import SourceClosed

WORK: Final = "usage_upload"
NDJSON: Final = "application/x-ndjson"


@transaction.atomic
def upload_usage(
    *, source_id: int, file: ReadFile, reading: Reading, by: Actor, at: datetime
) -> UsageUpload:
    """Keep what was read of a file, and ask for the counting.

    The file itself is never written: its hash is, and of each row what was checked, in
    chunks. Counting it twice is harmless, as for any batch. While the same file is
    being counted, sending it again leads to the same upload.

    :param file: as it was read
    :param reading: by what it was read
    :raises NotAllowed: if the key or person may not write for this source
    :raises SourceClosed: if the source no longer reports
    """
    (source,) = UsageSource.objects.filter(pk=source_id).locked_shared("SHARE")
    require(permissions.can_ingest_usage(by, source.agency_id, source.code))
    if source.closed_at is not None:
        message = "This source is closed; its usage goes to its successor."
        raise SourceClosed(message)
    waiting = _waiting(source, file, reading)
    if waiting is not None:
        return waiting
    operation = start_operation(
        kind=WORK,
        title=f"Import of {file.rows:,} rows from {source.label}",
        organization_id=source.agency_id,
        scope=Scope.USAGE_WRITE,
        total=file.rows,
        unit="rows",
        by=by,
        at=at,
    )
    upload = UsageUpload(
        agency_id=source.agency_id,
        source=source,
        operation=operation,
        mapping_id=reading.mapping_id,
        format=reading.adapter.name,
        read_as=reading.said,
        rows=file.rows,
        sha256=file.sha256,
        size_bytes=file.size,
        received_at=at,
        received_by=by.name,
    )
    upload.save()
    operation.result_path = upload.path
    operation.errors_path = f"{upload.path}/rejected_rows"
    operation.save(update_fields=["result_path", "errors_path"])
    UploadChunk.objects.bulk_create(
        UploadChunk(
            upload=upload,
            position=position,
            rows=chunk.rows,
            content=store_blob(content=chunk.content, media_type=NDJSON, packed=True),
            is_exact=chunk.is_exact,
            first_line=chunk.first_line,
        )
        for position, chunk in enumerate(file.chunks)
    )
    record_event(
        events.USAGE_UPLOADED,
        subject=upload.subject,
        by=by,
        at=at,
        data={
            "source": source.code,
            "upload": upload.public_id,
            "operation": operation.public_id,
            "format": upload.format,
            "rows": file.rows,
            "sha256": file.sha256,
        },
    )
    return upload


def _waiting(
    source: UsageSource, file: ReadFile, reading: Reading
) -> UsageUpload | None:
    """The same file, read in the same way, while it is being counted."""
    found = UsageUpload.objects.filter(
        source=source,
        sha256=file.sha256,
        format=reading.adapter.name,
        read_as=reading.said,
        mapping_id=reading.mapping_id,
        operation__state__in=(OperationState.QUEUED, OperationState.RUNNING),
        operation__cancel_asked_at=None,
    )
    return found.order_by("pk").first()

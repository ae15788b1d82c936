"""Pages of files and batches of usage."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from contracting.core.actors import Actor
from contracting.core.permissions import Verdict
from contracting.core.plots.tables import rows_as_csv
from contracting.core.views import KeyPage
from contracting.documents.permissions import can_cancel_operation
from contracting.documents.queries import (
    attachment_headers,
    download_headers,
    read_blob,
)
from contracting.metering import permissions, queries
from contracting.metering.adapters.files import read_file
from contracting.metering.adapters.reading import format_called, reading_of
from contracting.metering.adapters.registry import adapter_named
from contracting.metering.forms.files import UploadUsageForm, pieces_of
from contracting.metering.operations.upload_usage import upload_usage
from contracting.metering.queries import uploads
from contracting.metering.queries.uploads import HEAD, RejectedRow
from contracting.metering.views import AgencyPage, UsageVerbView

PER_PAGE: Final = 50
SHOWN_ROWS: Final = 100
WORDS_OF_SAID: Final = {
    "order": "Order of rows that name none",
    "key": "Key of rows that name none",
    "boundary": "Data boundary of rows that name none",
    "context_band": "Context band of rows that name none",
    "channel": "Channel of rows that name none",
}


class UploadUsageView(UsageVerbView):
    """Import a file of usage, however long."""

    template_name = "metering/upload_usage.html"
    form_class = UploadUsageForm
    submit_label = "Import the file"

    def verdict(self, thing: int) -> Verdict:
        return permissions.can_ingest_usage(self.actor, thing)

    def form_options(self, thing: int) -> dict[str, Any]:
        return {"actor": self.actor}

    def initial(self, thing: int) -> dict[str, Any]:
        named = self.request.GET.get("source", "")
        chosen = queries.sources_visible_to(self.actor).filter(public_id=named).first()
        return {"source": chosen, "format": self.request.GET.get("format", "")}

    def extra(self, thing: int) -> dict[str, Any]:
        return {"multipart": True}

    def perform(
        self, *, thing: Any, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        order = data["order"]
        said = {"order": order.public_id if order else "", "boundary": data["boundary"]}
        reading = reading_of(format_called(data["format"]), data["source"], said)
        file = read_file(pieces_of(data["file"]), reading.adapter, reading.read)
        upload = upload_usage(
            source_id=data["source"].pk, file=file, reading=reading, by=by, at=at
        )
        return upload.path


class UploadPage(AgencyPage):
    """What came of a file: how far it is, and which rows were rejected."""

    template_name = "metering/upload.html"

    def context(self, **ids: Any) -> dict[str, Any]:
        self.agency_id()
        upload = uploads.get_upload_for(self.actor, ids["public_id"])
        counts = uploads.counts_of_upload(upload)
        rejected = list(islice(uploads.rejected_rows_of_upload(upload), SHOWN_ROWS + 1))
        return {
            "upload": upload,
            "operation": upload.operation,
            "title": _title(upload.format),
            "said": [(WORDS_OF_SAID[name], v) for name, v in upload.read_as.items()],
            "counts": counts,
            "counted": sum(counts.values()),
            "batches": uploads.batches_of_upload(upload)[:SHOWN_ROWS],
            "rejected": rejected[:SHOWN_ROWS],
            "has_more": len(rejected) > SHOWN_ROWS,
            "may_cancel": can_cancel_operation(self.actor, upload.operation),
        }


class RejectedRowsOfUpload(AgencyPage):
    """The rejected rows of a file, with their lines and reasons, as CSV."""

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponseBase:  # type: ignore[override]
        self.agency_id()
        upload = uploads.get_upload_for(self.actor, ids["public_id"])
        rows = uploads.rejected_rows_of_upload(upload)
        return rejected_file(rows, upload.public_id)


class BatchesPage(AgencyPage):
    """Which batches and files has this source sent, and what came of them?"""

    template_name = "metering/batches.html"

    def context(self, **ids: Any) -> dict[str, Any]:
        self.agency_id()
        source = queries.get_source_by_id(self.actor, ids["public_id"])
        found = queries.batches_visible_to(self.actor).filter(source=source)
        page = KeyPage(found.select_related("payload"), self.request.GET, PER_PAGE)
        files = uploads.uploads_visible_to(self.actor).filter(source=source)
        return {
            "source": source,
            "page": page,
            "next_url": page.next_url,
            "prev_url": page.prev_url,
            "files": files.order_by("-pk")[:SHOWN_ROWS],
            "may_ingest": permissions.can_ingest_usage(self.actor, source.agency_id),
        }


class BatchPage(AgencyPage):
    """One batch: its counts, and the verdict of every row that was not accepted."""

    template_name = "metering/batch.html"

    def context(self, **ids: Any) -> dict[str, Any]:
        self.agency_id()
        batch = queries.get_batch_for(self.actor, ids["public_id"])
        notable = uploads.notable_rows(batch)
        return {
            "batch": batch,
            "title": _title(batch.format),
            "upload": uploads.upload_of_batch(batch),
            "notable": notable[:500],
            "notable_count": len(notable),
        }


class DownloadBatch(AgencyPage):
    """What is kept of a batch."""

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        self.agency_id()
        batch = queries.get_batch_for(self.actor, ids["public_id"])
        return HttpResponse(
            read_blob(batch.payload),
            content_type="application/x-ndjson",
            headers=attachment_headers(f"{batch.public_id}.ndjson", batch.payload),
        )


class RejectedRowsOfBatch(AgencyPage):
    """The rejected rows of a batch, with their numbers and reasons, as CSV."""

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponseBase:  # type: ignore[override]
        self.agency_id()
        batch = queries.get_batch_for(self.actor, ids["public_id"])
        return rejected_file(uploads.rejected_rows_of_batch(batch), batch.public_id)


def rejected_file(rows: Iterable[RejectedRow], name: str) -> StreamingHttpResponse:
    """Rejected rows as a file of CSV, one by one, however many there are."""
    return StreamingHttpResponse(
        rows_as_csv(HEAD, (row.cells for row in rows)),
        content_type="text/csv; charset=utf-8",
        headers=download_headers(f"{name}-rejected-rows.csv"),
    )


def _title(format_: str) -> str:
    adapter = adapter_named(format_)
    return adapter.title if adapter else format_

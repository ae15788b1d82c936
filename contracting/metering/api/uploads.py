"""Endpoints of files of usage: more rows than a batch may have."""

from __future__ import annotations

import json
from typing import Any

from django.http import StreamingHttpResponse
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from contracting.core import clock
from contracting.core.api import EndpointView, StreamParser, instant
from contracting.core.permissions import require
from contracting.core.plots.tables import rows_as_csv
from contracting.documents.api import POLL_SECONDS
from contracting.documents.queries import download_headers
from contracting.documents.serializers import OperationSerializer, show_operation
from contracting.metering import permissions, queries
from contracting.metering.adapters.files import MOST_ROWS, read_file
from contracting.metering.adapters.unpacking import UPLOAD, pieces
from contracting.metering.api.batches import stream_of
from contracting.metering.api.formats import (
    FORMAT_PARAMETERS,
    format_named,
    reading_named,
    source_named,
)
from contracting.metering.models import UsageUpload
from contracting.metering.operations.upload_usage import upload_usage
from contracting.metering.queries import uploads
from contracting.metering.queries.uploads import HEAD
from contracting.metering.states import RowVerdict


class CsvRenderer(BaseRenderer):
    """Lets a client ask for ``text/csv``; a problem is JSON all the same."""

    media_type = "text/csv"
    format = "csv"

    def render(self, data: Any, *_: Any, **__: Any) -> bytes:
        return json.dumps(data, default=str).encode()


class UploadSerializer(serializers.Serializer[object]):
    """A file of usage with the counts so far; at the end they sum to ``rows``."""

    id = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    format = serializers.CharField()
    mapping_version = serializers.IntegerField(allow_null=True)
    rows = serializers.IntegerField()
    sha256 = serializers.CharField()
    size_bytes = serializers.IntegerField()
    received_at = serializers.CharField()
    accepted = serializers.IntegerField()
    held = serializers.IntegerField()
    duplicate = serializers.IntegerField()
    conflict = serializers.IntegerField()
    rejected = serializers.IntegerField()
    batches = serializers.ListField(child=serializers.CharField())
    rejected_rows_href = serializers.CharField()
    operation = OperationSerializer()


class UploadsEndpoint(EndpointView):
    """Files of usage of the key's agency.

    No Idempotency-Key is asked for: the key of every row is (source, id), and the same
    file sent again is answered ``duplicate`` row by row.
    """

    scope_read = "usage:read"
    scope_write = "usage:write"
    parser_classes = (StreamParser,)

    @extend_schema(
        operation_id="list_usage_uploads",
        summary="List files of usage",
        responses=UploadSerializer(many=True),
        tags=["usage"],
    )
    def get(self, request: Request) -> Response:
        found = uploads.uploads_visible_to(self.actor)
        return self.page(
            request, found.prefetch_related(uploads.WITH_BATCHES), upload_row
        )

    @extend_schema(
        operation_id="upload_usage",
        summary="Upload a file of usage",
        description=(
            f"At most {MOST_ROWS:,} rows, 500 MiB, and 25 MiB packed with "
            "Content-Encoding gzip or zstd: NDJSON or a JSON array, or CSV with a "
            "header. The file is checked on receipt and counted by an operation, "
            "whose address is in Location; follow it until it has ended. Rows that "
            "are rejected are handed over as CSV with their lines and reasons."
        ),
        parameters=FORMAT_PARAMETERS,
        request=dict.fromkeys(
            ("application/x-ndjson", "application/json", "text/csv"), OpenApiTypes.STR
        ),
        responses={202: UploadSerializer},
        tags=["usage"],
    )
    def post(self, request: Request) -> Response:
        adapter = format_named(request.query_params)
        code = source_named(request.query_params, self.actor)
        source = queries.get_source_for(self.actor, code=code)
        require(permissions.can_ingest_usage(self.actor, source.agency_id, source.code))
        reading = reading_named(adapter, source, request.query_params)
        encoding = request.headers.get("Content-Encoding", "identity")
        body = pieces(stream_of(request), encoding, UPLOAD)
        file = read_file(body, adapter, reading.read)
        upload = upload_usage(
            source_id=source.pk,
            file=file,
            reading=reading,
            by=self.actor,
            at=clock.now(),
        )
        response = Response(upload_row(upload), status=202)
        response["Location"] = reverse(
            "api:operation", args=[upload.operation.public_id]
        )
        response["Retry-After"] = POLL_SECONDS
        return response


class UploadEndpoint(EndpointView):
    """One file with the counts of its rows."""

    scope_read = "usage:read"

    @extend_schema(
        operation_id="get_usage_upload",
        summary="Read a file of usage",
        responses=UploadSerializer,
        tags=["usage"],
    )
    def get(self, request: Request, public_id: str) -> Response:
        return Response(upload_row(uploads.get_upload_for(self.actor, public_id)))


class RejectedRowsEndpoint(EndpointView):
    """The rejected rows of a file, as CSV."""

    scope_read = "usage:read"
    renderer_classes = (JSONRenderer, CsvRenderer)

    @extend_schema(
        operation_id="get_rejected_rows",
        summary="Download the rejected rows of a file",
        responses={(200, "text/csv"): OpenApiTypes.STR},
        tags=["usage"],
    )
    def get(self, request: Request, public_id: str) -> StreamingHttpResponse:
        upload = uploads.get_upload_for(self.actor, public_id)
        rows = uploads.rejected_rows_of_upload(upload)
        return StreamingHttpResponse(
            rows_as_csv(HEAD, (row.cells for row in rows)),
            content_type="text/csv; charset=utf-8",
            headers=download_headers(f"{upload.public_id}-rejected-rows.csv"),
        )


def upload_row(upload: UsageUpload) -> dict[str, Any]:
    """A file as the API writes it."""
    batches = uploads.batches_read(upload)
    return {
        "id": upload.public_id,
        "source": upload.source.code,
        "format": upload.format,
        "mapping_version": upload.mapping.version if upload.mapping else None,
        "rows": upload.rows,
        "sha256": upload.sha256,
        "size_bytes": upload.size_bytes,
        "received_at": instant(upload.received_at),
        **{
            kind: sum(getattr(batch, kind) for batch in batches)
            for kind in RowVerdict.values
        },
        "batches": [batch.public_id for batch in batches],
        "rejected_rows_href": reverse("api:rejected_rows", args=[upload.public_id]),
        "operation": show_operation(upload.operation),
    }

"""Endpoints of metered usage."""

from __future__ import annotations

import gzip
import io
import json
from typing import Any, ClassVar

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from contracting.core import clock
from contracting.core.api import EndpointView, instant
from contracting.core.errors import Invalid
from contracting.documents.queries import read_blob
from contracting.metering import queries
from contracting.metering.models import UsageBatch
from contracting.metering.operations.ingest import ingest_usage
from contracting.metering.refusals import UnreadableBatch
from contracting.metering.serializers import (
    BatchReceiptSerializer,
    BatchSerializer,
    SuspenseSerializer,
)

MAX_BYTES = 50 * 1024 * 1024
MAX_RATIO = 100


class BytesParser(BaseParser):
    """Hands the body on as it came."""

    media_type = "*/*"

    def parse(self, stream: Any, media_type: Any = None, context: Any = None) -> bytes:
        body: bytes = stream.read()
        return body


class IngestUsageEndpoint(EndpointView):
    """The gateway posts a batch; a repeat is harmless for ever.

    No Idempotency-Key is asked for: the key of every row is (source, id), and the same
    batch posted again is answered ``duplicate`` row by row.
    """

    scope_write = "usage:write"
    parser_classes: ClassVar[list[type[BaseParser]]] = [BytesParser]

    @extend_schema(
        operation_id="ingest_usage",
        summary="Post a batch of usage events",
        description=(
            "NDJSON or a JSON array of CloudEvents of type ai.tokens.consumed.v1, all "
            "of one registered source, gzip allowed, at most 10,000 rows. 200 when "
            "every row is accepted or duplicate, 207 otherwise."
        ),
        request={"application/x-ndjson": OpenApiTypes.STR},
        responses={200: BatchReceiptSerializer, 207: BatchReceiptSerializer},
        tags=["usage"],
    )
    def post(self, request: Request) -> Response:
        payload = _body(request)
        source = queries.get_source_for(self.actor, code=_source_of(payload))
        receipt = ingest_usage(
            source_id=source.pk, payload=payload, by=self.actor, at=clock.now()
        )
        batch = receipt.batch
        clean = batch.accepted + batch.duplicate == batch.received
        body = batch_row(batch)
        body["verdicts"] = [verdict.as_row() for verdict in receipt.verdicts]
        return Response(body, status=200 if clean else 207)


def _body(request: Request) -> bytes:
    raw = request.data
    if not isinstance(raw, bytes):
        raw = b""
    encoding = request.headers.get("Content-Encoding", "identity").lower()
    if encoding == "gzip":
        raw = _gunzip(raw)
    elif encoding != "identity":
        message = "Send the batch as it is or with Content-Encoding gzip."
        raise UnreadableBatch(message)
    return raw


def _gunzip(raw: bytes) -> bytes:
    limit = min(MAX_BYTES, max(len(raw), 1) * MAX_RATIO)
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(raw)) as stream:
            body = stream.read(limit + 1)
    except (OSError, EOFError) as error:
        message = "The batch is not gzip."
        raise UnreadableBatch(message) from error
    if len(body) > limit:
        message = "The batch unpacks to more than is allowed."
        raise UnreadableBatch(message)
    return body


def _source_of(payload: bytes) -> str:
    """The source of the first row; every other row must name the same."""
    start = payload.lstrip()[:1]
    try:
        if start == b"[":
            rows = json.loads(payload)
            first = rows[0] if rows else {}
        else:
            first = json.loads(payload.lstrip().split(b"\n", 1)[0] or b"{}")
    except (ValueError, RecursionError) as error:
        message = "The first row of the batch is not JSON."
        raise UnreadableBatch(message) from error
    source = first.get("source") if isinstance(first, dict) else None
    if not isinstance(source, str) or not 0 < len(source) <= 120 or "\x00" in source:
        message = "The first row names no source."
        raise Invalid(message, pointer="/source")
    return source


class BatchesEndpoint(EndpointView):
    """Batches received by the key's agency."""

    scope_read = "usage:read"

    @extend_schema(
        operation_id="list_usage_batches",
        summary="List usage batches",
        responses=BatchSerializer(many=True),
        tags=["usage"],
    )
    def get(self, request: Request) -> Response:
        return self.page(request, queries.batches_visible_to(self.actor), batch_row)


class BatchEndpoint(EndpointView):
    """One batch with the verdicts it was answered."""

    scope_read = "usage:read"

    @extend_schema(
        operation_id="get_usage_batch",
        summary="Read a usage batch",
        responses=BatchReceiptSerializer,
        tags=["usage"],
    )
    def get(self, request: Request, public_id: str) -> Response:
        batch = queries.get_batch_for(self.actor, public_id)
        body = batch_row(batch)
        body["verdicts"] = json.loads(read_blob(batch.verdicts))
        return Response(body)


class SuspenseEndpoint(EndpointView):
    """What is held, by reason."""

    scope_read = "usage:read"

    @extend_schema(
        operation_id="list_suspense",
        summary="Read what is in suspense",
        responses=SuspenseSerializer(many=True),
        parameters=[OpenApiParameter("limit", int, exclude=True)],
        tags=["usage"],
    )
    def get(self, request: Request) -> Response:
        groups = queries.suspense(self.actor.organization_id)
        rows = [
            {
                "reason": group.reason,
                "detail": group.detail,
                "events": group.events,
                "first_at": instant(group.first_at),
                "last_at": instant(group.last_at),
            }
            for group in groups
            if self.actor.is_agency
        ]
        return Response({"data": rows, "page": {"next": None, "has_more": False}})


def batch_row(batch: UsageBatch) -> dict[str, Any]:
    """A batch as the API writes it."""
    return {
        "id": batch.public_id,
        "source": batch.source.code,
        "received_at": instant(batch.received_at),
        "received": batch.received,
        "accepted": batch.accepted,
        "held": batch.held,
        "duplicate": batch.duplicate,
        "conflict": batch.conflict,
        "rejected": batch.rejected,
        "payload_sha256": batch.payload.sha256,
    }

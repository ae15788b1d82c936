"""Endpoints of metered usage."""

from __future__ import annotations

import gzip
import io
import json
import zlib
from collections.abc import Mapping
from typing import IO, Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from contracting.core import clock
from contracting.core.api import EndpointView, instant
from contracting.core.errors import NotVisible
from contracting.documents.queries import read_blob
from contracting.metering import queries
from contracting.metering.adapters import cloudevents
from contracting.metering.adapters.cloudevents import MAX_BYTES, MAX_ROWS
from contracting.metering.models import UsageBatch
from contracting.metering.operations.ingest import ingest_usage
from contracting.metering.refusals import LengthMissing, UnreadableBatch
from contracting.metering.serializers import (
    BatchReceiptSerializer,
    BatchSerializer,
    SuspenseSerializer,
)

MAX_PACKED_BYTES = 5 * 1024 * 1024
MAX_RATIO = 100


class BytesParser(BaseParser):
    """Hands the body on as it came, and a byte more than is allowed of a larger one."""

    media_type = "*/*"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, bytes]:
        return {"body": stream.read(MAX_BYTES + 1)}


class IngestUsageEndpoint(EndpointView):
    """The gateway posts a batch; a repeat is harmless for ever.

    No Idempotency-Key is asked for: the key of every row is (source, id), and the same
    batch posted again is answered ``duplicate`` row by row.
    """

    scope_write = "usage:write"
    parser_classes = (BytesParser,)

    @extend_schema(
        operation_id="ingest_usage",
        summary="Post a batch of usage events",
        description=(
            "NDJSON or a JSON array of CloudEvents of type ai.tokens.consumed.v1, all "
            f"of one registered source, at most {MAX_ROWS:,} rows and 50 MiB; gzip "
            "allowed, then at most 5 MiB packed and a ratio of 100. 200 when every row "
            "is accepted or duplicate, 207 otherwise."
        ),
        request={"application/x-ndjson": OpenApiTypes.STR},
        responses={200: BatchReceiptSerializer, 207: BatchReceiptSerializer},
        tags=["usage"],
    )
    def post(self, request: Request) -> Response:
        chunked = "Transfer-Encoding" in request.headers
        if chunked and not request.META.get("CONTENT_LENGTH"):
            message = "Send the batch with a Content-Length; it is not read in chunks."
            raise LengthMissing(message)
        payload = _body(request)
        source = queries.get_source_for(self.actor, code=self._source_of(payload))
        receipt = ingest_usage(
            source_id=source.pk, payload=payload, by=self.actor, at=clock.now()
        )
        batch = receipt.batch
        clean = batch.accepted + batch.duplicate == batch.received
        body = batch_row(batch)
        body["verdicts"] = [verdict.as_row() for verdict in receipt.verdicts]
        return Response(body, status=200 if clean else 207)

    def _source_of(self, payload: bytes) -> str:
        """The first source that the batch names and the key may write for.

        Rows of another one are refused row by row. Where no row names one of them, it
        is the first that is named, else the only one that the key may write.
        """
        visible = queries.sources_visible_to(self.actor)
        ours = set(visible.values_list("code", flat=True))
        if self.actor.sources:
            ours &= set(self.actor.sources)
        first = None
        try:
            for named in cloudevents.named_sources(payload):
                if named in ours:
                    return named
                first = first or named
        except cloudevents.Unreadable as error:
            raise UnreadableBatch(str(error)) from error
        if first is None and len(self.actor.sources) == 1:
            (first,) = self.actor.sources
        if first is None:
            message = "No row of the batch names its source."
            raise UnreadableBatch(message)
        return first


def _body(request: Request) -> bytes:
    data = request.data
    raw = data.get("body", b"") if isinstance(data, dict) else b""
    encoding = request.headers.get("Content-Encoding", "identity").lower()
    if encoding == "gzip":
        return _gunzip(raw)
    if encoding != "identity":
        message = "Send the batch as it is or with Content-Encoding gzip."
        raise UnreadableBatch(message)
    return bytes(raw)


def _gunzip(raw: bytes) -> bytes:
    if len(raw) > MAX_PACKED_BYTES:
        message = f"The batch has more than {MAX_PACKED_BYTES:,} bytes packed."
        raise UnreadableBatch(message)
    limit = min(MAX_BYTES, len(raw) * MAX_RATIO)
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(raw)) as stream:
            body = stream.read(limit + 1)
    except (OSError, EOFError, zlib.error) as error:
        message = "The batch is not gzip."
        raise UnreadableBatch(message) from error
    if len(body) > limit:
        message = "The batch unpacks to more than is allowed."
        raise UnreadableBatch(message)
    return body


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
        if not self.actor.is_agency:
            message = "Suspense is shown to the agency whose systems used it."
            raise NotVisible(message)
        rows = [
            {
                "reason": group.reason,
                "detail": group.detail,
                "order_ref": group.order_ref,
                "events": group.events,
                "first_at": instant(group.first_at),
                "last_at": instant(group.last_at),
            }
            for group in queries.suspense(self.actor.own_organization_id)
        ]
        return Response(
            {"data": rows, "page": {"next": None, "prev": None, "has_more": False}}
        )


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

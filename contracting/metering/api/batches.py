"""Endpoints of metered usage."""

from __future__ import annotations

import io
import json
from typing import IO, Any, Final

import msgspec
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from contracting.core import clock
from contracting.core.api import EndpointView, StreamParser, instant
from contracting.core.errors import NotVisible
from contracting.documents.queries import read_blob
from contracting.metering import queries
from contracting.metering.adapters import cloudevents
from contracting.metering.adapters.bindings import rows_sent
from contracting.metering.adapters.cloudevents import MAX_ROWS
from contracting.metering.adapters.reading import Reading
from contracting.metering.adapters.registry import OWN
from contracting.metering.adapters.unpacking import BATCH, Limits, unpacked
from contracting.metering.api.formats import (
    FORMAT_PARAMETERS,
    format_named,
    reading_named,
    source_named,
)
from contracting.metering.api.funds import answered
from contracting.metering.gate import calls, work
from contracting.metering.gate.bodies import read_body, schema_of
from contracting.metering.models import UsageBatch, UsageSource
from contracting.metering.operations.ingest import ingest_usage, verdicts_of
from contracting.metering.refusals import LengthMissing, UnreadableBatch
from contracting.metering.serializers import (
    BatchReceiptSerializer,
    BatchSerializer,
    CheckSerializer,
    SuspenseSerializer,
)


def body_of(request: Request, limits: Limits) -> bytes:
    """The body of a request, unpacked.

    :raises LengthMissing: if it comes in chunks, of a length that nobody knows
    :raises UnreadableBatch: its subclasses, if it is too large or not packed as said
    """
    encoding = request.headers.get("Content-Encoding", "identity")
    return unpacked(stream_of(request), encoding, limits)


def stream_of(request: Request) -> IO[bytes]:
    """The body of a request as it comes.

    :raises LengthMissing: if it comes in chunks, of a length that nobody knows
    """
    chunked = "Transfer-Encoding" in request.headers
    if chunked and not request.META.get("CONTENT_LENGTH"):
        message = "Send the body with a Content-Length; it is not read in chunks."
        raise LengthMissing(message)
    data = request.data
    stream = data.get("stream") if isinstance(data, dict) else None
    return stream or io.BytesIO()


class IngestUsageEndpoint(EndpointView):
    """The gateway posts a batch; a repeat is harmless for ever.

    No Idempotency-Key is asked for: the key of every row is (source, id), and the same
    batch posted again is answered ``duplicate`` row by row.
    """

    scope_write = "usage:write"
    parser_classes = (StreamParser,)

    @extend_schema(
        operation_id="ingest_usage",
        summary="Post a batch of usage events",
        description=(
            "CloudEvents of type ai.tokens.consumed.v1, all of one registered source: "
            "NDJSON, a JSON array, a batch, or one event in structured or binary mode; "
            f"at most {MAX_ROWS:,} rows and 50 MiB. With Content-Encoding gzip or zstd "
            "at most 5 MiB packed and a ratio of 100. 200 when every row is accepted "
            "or duplicate, 207 otherwise. With ``format`` the rows are answers or logs "
            "of a provider or gateway, read by its adapter: fields with content are "
            "dropped unread."
        ),
        parameters=FORMAT_PARAMETERS,
        request=dict.fromkeys(
            (
                "application/x-ndjson",
                "application/json",
                "application/cloudevents-batch+json",
                "application/cloudevents+json",
            ),
            OpenApiTypes.STR,
        ),
        responses={200: BatchReceiptSerializer, 207: BatchReceiptSerializer},
        tags=["usage"],
    )
    def post(self, request: Request) -> HttpResponse:
        payload, source, reading = self.delivered(request)
        receipt = ingest_usage(
            source_id=source.pk,
            payload=payload,
            read=reading.read,
            mapping_id=reading.mapping_id,
            by=self.actor,
            at=clock.now(),
        )
        batch = receipt.batch
        clean = batch.accepted + batch.duplicate == batch.received
        body = batch_row(batch)
        body["verdicts"] = [verdict.as_row() for verdict in receipt.verdicts]
        return HttpResponse(
            msgspec.json.encode(body),
            status=200 if clean else 207,
            content_type="application/json",
        )

    def delivered(self, request: Request) -> tuple[bytes, UsageSource, Reading]:
        """What was sent, of which source, and what reads it.

        :raises UnreadableBatch: its subclasses, if it cannot be read
        :raises NotVisible: if the source is not there for this key
        """
        payload = body_of(request, BATCH)
        format_ = format_named(request.query_params)
        if format_ is OWN:
            kind = request.content_type or ""
            payload = rows_sent(payload, kind, request.headers)
            code = self._source_of(payload)
        else:
            code = source_named(request.query_params, self.actor)
        source = queries.get_source_for(self.actor, code=code)
        return payload, source, reading_named(format_, source, request.query_params)

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


class CheckUsageEndpoint(IngestUsageEndpoint):
    """A gateway asks what a batch would be answered."""

    @extend_schema(
        operation_id="check_usage",
        summary="Check a batch of usage events",
        description=(
            "Takes what ``events:batch`` takes and answers the verdict that each row "
            "would have now. Nothing of it is stored or counted."
        ),
        parameters=FORMAT_PARAMETERS,
        request=dict.fromkeys(
            ("application/x-ndjson", "application/json"), OpenApiTypes.STR
        ),
        responses=CheckSerializer,
        tags=["usage"],
    )
    def post(self, request: Request) -> Response:
        payload, source, reading = self.delivered(request)
        verdicts = verdicts_of(
            source=source,
            payload=payload,
            read=reading.read,
            by=self.actor,
            at=clock.now(),
        )
        rows = [verdict.as_row() for verdict in verdicts]
        return Response({"source": source.code, "stored": False, "verdicts": rows})


ONE: Final = Limits(packed=64 * 1024, raw=64 * 1024)


class RecordUsageEndpoint(EndpointView):
    """One call at a time, inside Django, for whoever cannot reach the gate."""

    scope_write = "usage:write"
    parser_classes = (StreamParser,)

    @extend_schema(
        operation_id="record_usage",
        summary="Post one usage event",
        description=(
            "One CloudEvent of type ai.tokens.consumed.v1, as the batch door takes it, "
            "of at most 64 KiB. It is on the disk when it is answered: 200 when it is "
            "accepted, held or a duplicate, 409 for other content under its id, 422 "
            "when it is rejected. Calls that come at the same moment are kept in one "
            "batch. Many calls at once go to events:batch."
        ),
        request={
            "application/cloudevents+json": OpenApiTypes.OBJECT,
            "application/json": OpenApiTypes.OBJECT,
        },
        responses={200: schema_of(calls.RecordedCall)},
        tags=["usage"],
    )
    def post(self, request: Request) -> HttpResponse:
        sent = read_body(calls.CallDecoder(), body_of(request, ONE))
        source = queries.get_source_for(self.actor, code=sent.source)
        (answer,) = calls.record(work.Caller(self.actor, source.pk), [sent])
        return answered(answer)


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
            for group in queries.suspense(
                self.actor.own_organization_id, self.actor.sources
            )
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

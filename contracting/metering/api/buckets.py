"""Endpoints of a provider's usage reports by hours or days."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from contracting.core import clock
from contracting.core.api import EndpointView, StreamParser, instant
from contracting.metering import queries
from contracting.metering.adapters.reading import report_called
from contracting.metering.adapters.registry import of_buckets
from contracting.metering.adapters.unpacking import BATCH
from contracting.metering.api.batches import body_of
from contracting.metering.api.formats import UnknownParameter, source_named
from contracting.metering.forms.reratings import KnownOnForm
from contracting.metering.models import BucketReport, ReportedBucket
from contracting.metering.operations.receive_buckets import receive_buckets
from contracting.metering.queries.buckets import buckets_known
from contracting.metering.refusals import BadInstant
from contracting.metering.states import BucketVerdict

_SOURCE = OpenApiParameter(
    "source", str, description="The source that reports; else the key's only one."
)


class BucketVerdictSerializer(serializers.Serializer[object]):
    """The verdict of one bucket."""

    index = serializers.IntegerField()
    id = serializers.CharField(required=False)
    status = serializers.ChoiceField(choices=BucketVerdict.values)
    revision = serializers.IntegerField(required=False)
    code = serializers.CharField(required=False)
    pointer = serializers.CharField(required=False)


class BucketReportSerializer(serializers.Serializer[object]):
    """A report with its counts, which sum to ``received``, and every verdict."""

    id = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    format = serializers.CharField()
    received_at = serializers.CharField()
    received = serializers.IntegerField()
    accepted = serializers.IntegerField()
    restated = serializers.IntegerField()
    duplicate = serializers.IntegerField()
    rejected = serializers.IntegerField()
    sent_sha256 = serializers.CharField()
    verdicts = BucketVerdictSerializer(many=True)


class BucketSerializer(serializers.Serializer[object]):
    """A bucket by the revision that was known at the instant asked for."""

    id = serializers.CharField()
    revision = serializers.IntegerField()
    known_at = serializers.CharField()
    period_start = serializers.CharField()
    period_end = serializers.CharField()
    model = serializers.CharField()
    tier = serializers.CharField()
    dimensions = serializers.DictField(child=serializers.CharField())
    lines = serializers.ListField(child=serializers.DictField())
    tokens = serializers.IntegerField()
    requests = serializers.IntegerField(allow_null=True)


class BucketsEndpoint(EndpointView):
    """What a provider's usage API says of whole hours and days.

    No Idempotency-Key is asked for: a bucket told again is ``duplicate``, and a report
    sent again changes nothing.
    """

    scope_read = "usage:read"
    scope_write = "usage:write"
    parser_classes = (StreamParser,)

    @extend_schema(
        operation_id="list_buckets",
        summary="Read the buckets of a source, as known at an instant",
        parameters=[
            _SOURCE,
            OpenApiParameter(
                "known_on",
                str,
                description=(
                    "An instant with its zone, or a day in UTC, whose end is meant; "
                    "now where it is left out."
                ),
            ),
        ],
        responses=BucketSerializer(many=True),
        tags=["usage"],
    )
    def get(self, request: Request) -> Response:
        code = source_named(request.query_params, self.actor)
        source = queries.get_source_for(self.actor, code=code)
        form = KnownOnForm(
            {"known_on": request.query_params.get("known_on", "")},
            zone="UTC",
            now=clock.now(),
        )
        if not form.is_valid():
            message = " ".join(map(str, form.errors["known_on"]))
            raise BadInstant(message)
        found = buckets_known(source, form.cleaned_data["known_on"])
        return self.page(request, found, bucket_row)

    @extend_schema(
        operation_id="receive_buckets",
        summary="Post a usage report of a provider",
        description=(
            "The pages of a usage API as they came, all of them: one object, an array "
            "of pages, or one to a line; at most 50 MiB, or 5 MiB packed with "
            "Content-Encoding gzip or zstd. A bucket that was told before with other "
            "counts is ``restated``: its next revision, beside the earlier ones. "
            "Buckets are compared and never counted on an order. 200 when every row "
            "could be read, 207 otherwise."
        ),
        parameters=[
            _SOURCE,
            OpenApiParameter(
                "format",
                str,
                required=True,
                enum=[each.name for each in of_buckets()],
                description="Whose usage API it is.",
            ),
        ],
        request={"application/json": OpenApiTypes.STR},
        responses={200: BucketReportSerializer, 207: BucketReportSerializer},
        tags=["usage"],
    )
    def post(self, request: Request) -> Response:
        strange = sorted(set(request.query_params) - {"source", "format"})
        if strange:
            message = f"There is no parameter {strange[0][:40]!r}."
            raise UnknownParameter(message)
        adapter = report_called(str(request.query_params.get("format", "")))
        code = source_named(request.query_params, self.actor)
        source = queries.get_source_for(self.actor, code=code)
        receipt = receive_buckets(
            source_id=source.pk,
            payload=body_of(request, BATCH),
            adapter=adapter,
            by=self.actor,
            at=clock.now(),
        )
        body = report_row(receipt.report)
        body["verdicts"] = [each.as_row() for each in receipt.verdicts]
        return Response(body, status=207 if receipt.report.rejected else 200)


def report_row(report: BucketReport) -> dict[str, Any]:
    """A report as the API writes it."""
    return {
        "id": report.public_id,
        "source": report.source.code,
        "format": report.format,
        "received_at": instant(report.received_at),
        "received": report.received,
        **{kind: getattr(report, kind) for kind in BucketVerdict.values},
        "sent_sha256": report.sent_sha256,
    }


def bucket_row(bucket: ReportedBucket) -> dict[str, Any]:
    """A bucket as the API writes it."""
    return {
        "id": bucket.bucket_id,
        "revision": bucket.revision,
        "known_at": instant(bucket.known_at),
        "period_start": instant(bucket.period_start),
        "period_end": instant(bucket.period_end),
        "model": bucket.model,
        "tier": bucket.tier,
        "dimensions": bucket.dimensions,
        "lines": [
            {"classes": classes, "tokens": tokens} for classes, tokens in bucket.lines
        ],
        "tokens": bucket.tokens,
        "requests": bucket.requests,
    }

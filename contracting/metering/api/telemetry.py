"""OTLP over HTTP: what an OpenTelemetry client exports as metrics and logs.

The answers are those of the protocol: what was not counted is told as a partial
success, kept in quarantine, and the agency is warned, because most clients ignore it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from contracting.core import clock
from contracting.core.api import EndpointView, StreamParser
from contracting.metering import queries
from contracting.metering.adapters import otel, otlp
from contracting.metering.adapters.bindings import media_type
from contracting.metering.adapters.events import MAX_ROWS, BadRow, ReadEvent, Sender
from contracting.metering.adapters.unpacking import BATCH
from contracting.metering.api.batches import body_of
from contracting.metering.models import UsageSource
from contracting.metering.operations.receive_telemetry import receive_telemetry
from contracting.metering.refusals import (
    SpansNotMetered,
    TooManyRows,
    UnreadableBatch,
)
from contracting.metering.states import RowCode, RowVerdict

_GRPC: Final = {401: 16, 403: 7, 404: 5, 429: 8, 503: 14}
_BAD_ARGUMENT: Final = 3
_WORDS: Final = dict(RowCode.choices)
_REFUSED: Final = frozenset({RowVerdict.REJECTED, RowVerdict.CONFLICT})


@dataclass(frozen=True, slots=True)
class Answered:
    """What an export is answered: how many of its rows are not counted, and why."""

    rejected: int = 0
    message: str = ""


class TelemetryEndpoint(EndpointView):
    """An export by a machine whose key may write usage."""

    scope_write = "usage:write"
    parser_classes = (StreamParser,)

    @property
    def kind(self) -> str:
        return media_type(self.request.content_type or "")

    def handle_exception(  # type: ignore[override]
        self, exc: Exception
    ) -> HttpResponse:
        """A client of protobuf is told of an error as its protocol has it."""
        response: Response = super().handle_exception(exc)
        if self.kind != otlp.PROTOBUF:
            return response
        detail = response.data.get("detail", "") if response.data else ""
        code = _GRPC.get(response.status_code, _BAD_ARGUMENT)
        plain = HttpResponse(
            otlp.status(code, str(detail)),
            status=response.status_code,
            content_type=otlp.PROTOBUF,
        )
        for name in ("WWW-Authenticate", "Retry-After"):
            if name in response:
                plain[name] = response[name]
        return plain

    def receive(
        self, body: bytes, rows: Sequence[Any], read: Any, noun: str
    ) -> Answered:
        """Count the rows that report usage; what else a client exports is let pass."""
        if not rows:
            return Answered()
        if len(rows) > MAX_ROWS:
            message = f"An export has at most {MAX_ROWS:,} rows; export more often."
            raise TooManyRows(message)
        source = self._source_of(rows)
        sender = Sender(source=source.code)
        found: list[ReadEvent | BadRow] = read(rows, sender)
        receipt = receive_telemetry(
            source_id=source.pk,
            payload=body,
            read=lambda _: found,
            by=self.actor,
            at=clock.now(),
        )
        refused = [each for each in receipt.verdicts if each.status in _REFUSED]
        if not refused:
            return Answered()
        codes = Counter(str(each.code) for each in refused)
        reasons = "; ".join(
            f"{n} × {code}: {_WORDS.get(code, '')}" for code, n in codes.most_common()
        )
        message = (
            f"{len(refused)} of {len(rows)} {noun} are not counted and stand in "
            f"quarantine, batch {receipt.batch.public_id}. {reasons}."
        )
        if RowCode.NOT_DELTA in codes:
            message = f"{message} {otel.ADVICE}"
        return Answered(len(refused), message)

    def _source_of(self, rows: Sequence[otlp.Point | otlp.Record]) -> UsageSource:
        """The source that the export names, else the only one of the key."""
        named = otel.named_source(rows)
        if not named and len(self.actor.sources) == 1:
            (named,) = self.actor.sources
        if not named:
            message = "Name the source in the resource attribute drawdown.source."
            raise UnreadableBatch(message)
        return queries.get_source_for(self.actor, code=named)


class MetricsEndpoint(TelemetryEndpoint):
    """Points of ``gen_ai.client.token.usage``, in delta temporality."""

    @extend_schema(exclude=True)
    def post(self, request: Request) -> HttpResponse:
        body = body_of(request, BATCH)
        points = otel.metered_points(otlp.read_points(body, self.kind))
        said = self.receive(body, points, otel.calls_of_points, "points")
        answer = otlp.answer_metrics(said.rejected, said.message, self.kind)
        return HttpResponse(answer, content_type=self.kind)


class LogsEndpoint(TelemetryEndpoint):
    """Records that report the usage of a call in ``gen_ai.usage.…``."""

    @extend_schema(exclude=True)
    def post(self, request: Request) -> HttpResponse:
        body = body_of(request, BATCH)
        records = otel.metered_records(otlp.read_records(body, self.kind))
        said = self.receive(body, records, otel.calls_of_records, "records")
        answer = otlp.answer_logs(said.rejected, said.message, self.kind)
        return HttpResponse(answer, content_type=self.kind)


class TracesEndpoint(TelemetryEndpoint):
    """Spans are sampled, and what is sampled is no bill: all of them are refused."""

    refused: ClassVar[str] = (
        "Spans may be sampled and are no record of what was used. Export the metric "
        f"{otel.TOKEN_METRIC} or the event {otel.INFERENCE_EVENT} instead."
    )

    @extend_schema(exclude=True)
    def post(self, request: Request) -> HttpResponse:
        raise SpansNotMetered(self.refused)

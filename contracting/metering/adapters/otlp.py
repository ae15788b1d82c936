"""OTLP over HTTP: protobuf or JSON in, plain points and records out.

Pure. Attributes are kept as a mapping of names to plain values; what they mean is the
matter of the adapter of the GenAI conventions. Whole bodies of log records are left
out here already: they are where prompts and answers would stand.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from google.protobuf import json_format
from google.protobuf.message import DecodeError, Message
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import (
    ExportLogsServiceRequest,
    ExportLogsServiceResponse,
)
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
    ExportMetricsServiceResponse,
)
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.metrics.v1.metrics_pb2 import (
    AggregationTemporality,
    Metric,
    NumberDataPoint,
)

from contracting.metering.refusals import FormatUnknown, UnreadableBatch

PROTOBUF: Final = "application/x-protobuf"
JSON: Final = "application/json"
_DEEPEST: Final = 32

Attributes = Mapping[str, str | int | float | bool]
_Request = TypeVar("_Request", ExportMetricsServiceRequest, ExportLogsServiceRequest)


@dataclass(frozen=True, slots=True)
class Point:
    """One data point: what was added up in ``[start_ns, end_ns)``.

    :ivar is_delta: it counts its own interval only, not all since the process began
    :ivar total: the sum; ``None`` where the kind of metric has none
    """

    metric: str
    scope: str
    resource: Attributes
    attributes: Attributes
    is_delta: bool
    start_ns: int
    end_ns: int
    total: float | None
    count: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Record:
    """One log record without its body; the ids are hexadecimal, or empty."""

    event_name: str
    scope: str
    resource: Attributes
    attributes: Attributes
    time_ns: int
    trace_id: str
    span_id: str
    sha256: str


def read_points(body: bytes, kind: str) -> list[Point]:
    """The data points of an export of metrics, in their order.

    :param kind: the content type
    :raises FormatUnknown: if it is neither protobuf nor JSON
    :raises UnreadableBatch: if the body is no such export
    """
    export = _parsed(body, kind, ExportMetricsServiceRequest())
    return [
        point
        for of_resource in export.resource_metrics
        for of_scope in of_resource.scope_metrics
        for metric in of_scope.metrics
        for point in _points(
            metric,
            of_scope.scope.name,
            _plain(of_resource.resource.attributes),
        )
    ]


def read_records(body: bytes, kind: str) -> list[Record]:
    """The log records of an export of logs, in their order.

    :raises FormatUnknown: if it is neither protobuf nor JSON
    :raises UnreadableBatch: if the body is no such export
    """
    export = _parsed(body, kind, ExportLogsServiceRequest())
    shown = _as_written if kind == JSON else _as_hex
    return [
        Record(
            event_name=record.event_name,
            scope=of_scope.scope.name,
            resource=_plain(of_resource.resource.attributes),
            attributes=_plain(record.attributes),
            time_ns=record.time_unix_nano or record.observed_time_unix_nano,
            trace_id=shown(record.trace_id),
            span_id=shown(record.span_id),
            sha256=_sha256(record),
        )
        for of_resource in export.resource_logs
        for of_scope in of_resource.scope_logs
        for record in of_scope.log_records
    ]


def answer_metrics(rejected: int, message: str, kind: str) -> bytes:
    """The answer to an export of metrics: how many points were rejected, and why."""
    answer = ExportMetricsServiceResponse()
    if rejected or message:
        answer.partial_success.rejected_data_points = rejected
        answer.partial_success.error_message = message
    return _written(answer, kind)


def answer_logs(rejected: int, message: str, kind: str) -> bytes:
    """The answer to an export of logs: how many records were rejected, and why."""
    answer = ExportLogsServiceResponse()
    if rejected or message:
        answer.partial_success.rejected_log_records = rejected
        answer.partial_success.error_message = message
    return _written(answer, kind)


def status(code: int, message: str) -> bytes:
    """``google.rpc.Status``, as a client of protobuf is told of an error."""
    text = message.encode()
    return b"\x08" + _varint(code) + b"\x12" + _varint(len(text)) + text


def _varint(number: int) -> bytes:
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*found, number])


def _written(answer: Message, kind: str) -> bytes:
    if kind == JSON:
        return json_format.MessageToJson(answer, indent=None).encode()
    return answer.SerializeToString()


def _parsed(body: bytes, kind: str, into: _Request) -> _Request:
    try:
        if kind == JSON:
            json_format.Parse(
                body, into, ignore_unknown_fields=True, max_recursion_depth=_DEEPEST
            )
        elif kind == PROTOBUF:
            into.ParseFromString(body)
        else:
            message = f"Send {PROTOBUF} or {JSON}."
            raise FormatUnknown(message)
    except (DecodeError, json_format.ParseError, ValueError, RecursionError) as error:
        message = "The body is no export of this kind."
        raise UnreadableBatch(message) from error
    return into


def _points(metric: Metric, scope: str, resource: Attributes) -> Iterator[Point]:
    kind = metric.WhichOneof("data")
    if kind is None:
        return
    data = getattr(metric, kind)
    temporality = getattr(data, "aggregation_temporality", None)
    is_delta = temporality == AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA
    for point in data.data_points:
        total, count = _amount(kind, point)
        yield Point(
            metric=metric.name,
            scope=scope,
            resource=resource,
            attributes=_plain(point.attributes),
            is_delta=is_delta,
            start_ns=point.start_time_unix_nano,
            end_ns=point.time_unix_nano,
            total=total,
            count=count,
            sha256=_sha256(point),
        )


def _amount(kind: str, point: Any) -> tuple[float | None, int]:
    if kind in {"histogram", "exponential_histogram"}:
        return (point.sum if point.HasField("sum") else None), point.count
    if kind == "sum" and isinstance(point, NumberDataPoint):
        which = point.WhichOneof("value")
        return (getattr(point, which) if which else None), 1
    return None, 0


def _plain(attributes: Iterable[KeyValue]) -> Attributes:
    """Scalar attributes by name; lists, maps and bytes are no counts and no names."""
    found: dict[str, str | int | float | bool] = {}
    for each in attributes:
        which = each.value.WhichOneof("value")
        if which in {"string_value", "int_value", "double_value", "bool_value"}:
            found[each.key] = getattr(each.value, which)
    return found


def _sha256(message: Message) -> str:
    return hashlib.sha256(message.SerializeToString(deterministic=True)).hexdigest()


def _as_hex(raw: bytes) -> str:
    return raw.hex()


def _as_written(raw: bytes) -> str:
    """OTLP writes its ids in hexadecimal even in JSON, where protobuf reads base64."""
    return base64.b64encode(raw).decode().lower()

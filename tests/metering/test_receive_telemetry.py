"""OTLP: the real exporters of OpenTelemetry's SDK against a running server."""

import json
import threading
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
import time_machine
from django.core.wsgi import get_wsgi_application
from django.db import connections
from opentelemetry._logs import LogRecord
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import (
    ExportLogsServiceResponse,
)
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceResponse,
)
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import SimpleLogRecordProcessor
from opentelemetry.sdk.metrics import Histogram, MeterProvider
from opentelemetry.sdk.metrics.export import (
    AggregationTemporality,
    PeriodicExportingMetricReader,
)
from opentelemetry.sdk.resources import Resource

from contracting.metering.models import (
    UsageBatch,
    UsageEvent,
    UsageHold,
    UsageLine,
    UsageRefusal,
)
from contracting.notices.models import Notice
from tests.builders_metering import (
    BOUNDARY,
    CALLED_AT,
    MODEL,
    assert_the_books_balance,
    event,
    ingested,
)
from tests.cast import key_client, key_text, nothing_happens
from tests.metering.traces import CANARY, found_in_media, found_in_the_database

pytestmark = pytest.mark.usefixtures("now", "source")

METRICS, LOGS, TRACES = (f"/otlp/v1/{what}" for what in ("metrics", "logs", "traces"))
PROTOBUF = "application/x-protobuf"
DELTA = {Histogram: AggregationTemporality.DELTA}
CUMULATIVE = {Histogram: AggregationTemporality.CUMULATIVE}


@pytest.fixture
def server(db, monkeypatch):
    """The site on 127.0.0.1, in the transaction of the test."""
    shared = connections["default"]
    shared.inc_thread_sharing()
    monkeypatch.setattr(shared, "close_if_unusable_or_obsolete", lambda: None)
    site = make_server("127.0.0.1", 0, get_wsgi_application(), handler_class=_Quiet)

    def serve():
        connections["default"] = shared
        site.serve_forever(poll_interval=0.01)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{site.server_port}"
    site.shutdown()
    thread.join()
    site.server_close()
    shared.dec_thread_sharing()


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nobody reads the log of a test."""


@pytest.fixture
def key(gateway):
    """What the client is configured with."""
    return f"Bearer {key_text(gateway)}"


@pytest.fixture
def meters(server, key):
    """A provider that exports when it is asked to, and its histogram of tokens."""
    made = []

    def build(temporality=DELTA, **resource):
        exporter = OTLPMetricExporter(
            endpoint=f"{server}{METRICS}",
            headers={"Authorization": key},
            compression=Compression.Gzip,
            preferred_temporality=temporality,
        )
        reader = PeriodicExportingMetricReader(exporter, export_interval_millis=1e9)
        provider = MeterProvider([reader], resource=Resource.create(resource))
        made.append(provider)
        meter = provider.get_meter("gateway")
        return provider, meter.create_histogram("gen_ai.client.token.usage")

    yield build
    for provider in made:
        provider.shutdown()


def of_call(order, number, kind="input", **more):
    return {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "assistant",
        "gen_ai.response.model": MODEL,
        "gen_ai.token.type": kind,
        "drawdown.order_id": order.public_id,
        "drawdown.boundary": BOUNDARY,
        "call": f"{number}",
        **more,
    }


def test_a_thousand_points_of_the_sdk_are_a_thousand_events(order, meters):
    # Given a client that has counted 1,000 calls, and one more metric of its own
    with time_machine.travel(CALLED_AT):
        provider, tokens = meters()
        for number in range(500):
            tokens.record(1_000 + number, of_call(order, number))
            tokens.record(100, of_call(order, number, "output"))
        provider.get_meter("gateway").create_counter("http.requests").add(1)

        # When it exports
        assert provider.force_flush()

    # Then each point is one event, to the token, and drawn on the order
    assert UsageEvent.objects.count() == 1_000
    assert not UsageHold.objects.exists()
    found = UsageLine.objects.values_list("token_class_code", "tokens")
    assert sum(n for code, n in found if code == "IN_UNCACHED") == sum(
        range(1_000, 1_500)
    )
    assert sum(n for code, n in found if code == "OUT_TEXT") == 50_000
    assert not UsageRefusal.objects.exists()
    assert_the_books_balance()


def test_what_is_bad_is_told_kept_in_quarantine_and_warned_of(
    order, meters, cor, administrator
):
    # Given 20 good points, and 10 of which nobody can say what they counted
    with time_machine.travel(CALLED_AT):
        provider, tokens = meters()
        for number in range(20):
            tokens.record(100, of_call(order, number))
        for number in range(10):
            tokens.record(10, of_call(order, number, **{"gen_ai.token.type": "a b"}))
        assert provider.force_flush()

    batch = UsageBatch.objects.get()
    assert (batch.received, batch.accepted, batch.rejected) == (30, 20, 10)
    assert UsageRefusal.objects.filter(batch=batch).count() == 10
    told = Notice.objects.filter(url_path=f"/usage/batches/{batch.public_id}")
    assert {each.recipient_user_id for each in told} == {
        cor.own_user_id,
        administrator.own_user_id,
    }
    assert "10 rows are refused from" in told[0].title

    # And the next ones within the day are told to the client alone
    with time_machine.travel(CALLED_AT):
        tokens.record(10, of_call(order, 1, **{"gen_ai.token.type": "a b"}))
        provider.force_flush()
    assert UsageRefusal.objects.count() == 11
    assert Notice.objects.filter(title__contains="refused from").count() == len(told)


def test_what_is_cumulative_is_refused_with_advice(order, meters):
    with time_machine.travel(CALLED_AT):
        provider, tokens = meters(CUMULATIVE)
        for number in range(3):
            tokens.record(100, of_call(order, number))
        provider.force_flush()

    assert not UsageEvent.objects.exists()
    assert set(UsageRefusal.objects.values_list("code", flat=True)) == {"not_delta"}


def logged(server, key, *records, **resource):
    """The records, exported by the SDK one by one."""
    exporter = OTLPLogExporter(
        endpoint=f"{server}{LOGS}", headers={"Authorization": key}
    )
    provider = LoggerProvider(resource=Resource.create(resource))
    provider.add_log_record_processor(SimpleLogRecordProcessor(exporter))
    logger = provider.get_logger("gateway")
    for number, attributes in enumerate(records):
        logger.emit(
            LogRecord(
                timestamp=int(CALLED_AT.timestamp() * 1e9) + number,
                event_name="gen_ai.client.inference.operation.details",
                body={"messages": CANARY},
                attributes=attributes,
            )
        )
    provider.force_flush()


def answer_of(order, number, **usage):
    named = {f"gen_ai.usage.{k.replace('__', '.')}": v for k, v in usage.items()}
    return {
        "gen_ai.operation.name": "chat",
        "gen_ai.response.model": MODEL,
        "gen_ai.response.id": f"chatcmpl-{number}",
        "gen_ai.input.messages": CANARY,
        "gen_ai.output.messages": CANARY,
        "drawdown.order_id": order.public_id,
        **named,
    }


def test_records_of_the_sdk_are_calls_with_disjoint_classes(order, server, key):
    logged(
        server,
        key,
        answer_of(
            order,
            1,
            input_tokens=2_600,
            cache_read__input_tokens=2_000,
            output_tokens=30,
            reasoning__output_tokens=12,
        ),
        answer_of(order, 2, prompt_tokens=100, completion_tokens=10),
    )

    lines = UsageLine.objects.order_by("event_id", "token_class_code")
    assert list(lines.values_list("event_id", "token_class_code", "tokens")) == [
        ("chatcmpl-1", "IN_CACHE_READ", 2_000),
        ("chatcmpl-1", "IN_UNCACHED", 600),
        ("chatcmpl-1", "OUT_REASONING", 12),
        ("chatcmpl-1", "OUT_TEXT", 18),
        ("chatcmpl-2", "IN_UNCACHED", 100),
        ("chatcmpl-2", "OUT_TEXT", 10),
    ]
    assert not UsageHold.objects.exists()
    assert found_in_the_database(CANARY) == []
    assert found_in_media(CANARY) == []


REFUSED: dict[str, dict[str, float]] = {
    "subset_exceeds_total": {"input_tokens": 100, "cache_read__input_tokens": 150},
    "basis_unknown": {"prompt_tokens": 100, "cache_read__input_tokens": 50},
    "checksum_failed": {"input_tokens": 1, "output_tokens": 1, "total_tokens": 3},
    "negative": {"input_tokens": -1},
    "not_a_count": {"input_tokens": 1.5},
    "missing": {"cache_read__input_tokens": 5},
}


@pytest.mark.parametrize("code", REFUSED)
def test_a_count_that_cannot_be_right_is_quarantined(order, server, key, code):
    logged(server, key, answer_of(order, 1, **REFUSED[code]))

    assert not UsageEvent.objects.exists()
    assert UsageRefusal.objects.get().code == code


def test_a_sample_of_the_calls_is_refused(order, server, key):
    logged(server, key, {**answer_of(order, 1, input_tokens=5), "SampleRate": 10})

    assert UsageRefusal.objects.get().code == "sampled"


def test_what_is_not_counted_or_not_mapped_is_held(order, server, key):
    nameless = answer_of(order, 3, input_tokens=5)
    del nameless["drawdown.order_id"]

    logged(server, key, answer_of(order, 1), nameless)

    held = UsageHold.objects.order_by("event_id")
    assert list(held.values_list("event_id", "reason")) == [
        ("chatcmpl-1", "NOT_MEASURED"),
        ("chatcmpl-3", "UNKNOWN_KEY"),
    ]


def test_spans_are_no_record_of_what_was_used(gateway):
    with nothing_happens():
        answer = key_client(gateway).post(
            TRACES, {"resourceSpans": []}, content_type="application/json"
        )

    assert answer.status_code == 422
    assert answer.json()["code"] == "spans_not_metered"
    assert "gen_ai.client.token.usage" in answer.json()["detail"]


def in_json(order, *, tokens=100, source=None, **point):
    """An export as a client in a browser or a shell would write it."""
    strings = of_call(order, 1)
    resource = {"drawdown.source": source} if source else {}
    start = int(CALLED_AT.timestamp()) - 60
    return {
        "resourceMetrics": [
            {
                "resource": {"attributes": _named(resource)},
                "scopeMetrics": [
                    {
                        "metrics": [
                            {
                                "name": "gen_ai.client.token.usage",
                                "sum": {
                                    "aggregationTemporality": 1,
                                    "isMonotonic": True,
                                    "dataPoints": [
                                        {
                                            "attributes": _named(strings),
                                            "startTimeUnixNano": f"{start}000000000",
                                            "timeUnixNano": f"{start + 60}000000000",
                                            "asInt": f"{tokens}",
                                            **point,
                                        }
                                    ],
                                },
                            }
                        ]
                    }
                ],
            }
        ]
    }


def _named(attributes):
    return [{"key": k, "value": {"stringValue": v}} for k, v in attributes.items()]


def test_json_is_read_as_protobuf_is_and_a_repeat_is_one_event(order, gateway):
    machine, body = key_client(gateway), in_json(order)

    for _ in range(3):
        answer = machine.post(METRICS, body, content_type="application/json")
        assert (answer.status_code, answer.json()) == (200, {})

    assert UsageEvent.objects.count() == 1
    assert [batch.duplicate for batch in UsageBatch.objects.order_by("pk")] == [0, 1, 1]


def test_a_partial_success_names_the_batch_in_either_form(order, gateway):
    machine, body = key_client(gateway), in_json(order, asInt="-5")

    told = machine.post(METRICS, body, content_type="application/json").json()

    said = told["partialSuccess"]
    assert said["rejectedDataPoints"] == "1"
    assert UsageBatch.objects.get().public_id in said["errorMessage"]
    assert "negative" in said["errorMessage"]


def test_ids_of_spans_name_the_call_in_json_too(order, gateway):
    trace, span = "5b8efff798038103d269b633813fc60c", "eee19b7ec3c1b174"
    record = {
        "timeUnixNano": f"{int(CALLED_AT.timestamp())}000000000",
        "traceId": trace,
        "spanId": span,
        "attributes": [
            *_named({"gen_ai.response.model": MODEL, "drawdown.order_id": order.piid}),
            {"key": "gen_ai.usage.input_tokens", "value": {"intValue": "5"}},
        ],
    }
    body = {"resourceLogs": [{"scopeLogs": [{"logRecords": [record]}]}]}

    answer = key_client(gateway).post(LOGS, body, content_type="application/json")

    assert answer.json() == {}
    assert UsageEvent.objects.get().event_id == f"{trace}-{span}"


@pytest.mark.parametrize("path", [METRICS, LOGS])
def test_what_is_no_export_is_an_error_of_the_protocol(gateway, path):
    machine = key_client(gateway)

    with nothing_happens():
        packed = machine.post(path, b"\xff\xff\xff", content_type=PROTOBUF)
        plain = machine.post(path, b"[", content_type="application/json")
        other = machine.post(path, b"a", content_type="text/csv")

    assert (packed.status_code, packed["Content-Type"]) == (422, PROTOBUF)
    assert b"no export of this kind" in packed.content
    assert plain.json()["code"] == "unreadable_batch"
    assert other.status_code == 415


def test_an_export_without_usage_is_let_pass_and_leaves_nothing(gateway):
    machine = key_client(gateway)

    with nothing_happens():
        answers = [
            machine.generic("POST", path, CONTENT_TYPE=PROTOBUF)
            for path in (METRICS, LOGS)
        ]

    assert [each.content for each in answers] == [
        ExportMetricsServiceResponse().SerializeToString(),
        ExportLogsServiceResponse().SerializeToString(),
    ]


def test_a_foreign_machine_and_a_foreign_source_are_refused(
    order, gateway, other_agency_gateway
):
    body = json.dumps(in_json(order, source="gateway"))
    with nothing_happens():
        foreign = key_client(other_agency_gateway).post(
            METRICS, body, content_type="application/json"
        )
        astray = key_client(gateway).post(
            METRICS, in_json(order, source="elsewhere"), content_type="application/json"
        )

    assert (foreign.status_code, astray.status_code) == (404, 404)


def test_the_event_of_another_door_is_another_event(order, gateway):
    ingested(event(1, order=order))

    key_client(gateway).post(METRICS, in_json(order), content_type="application/json")

    assert UsageEvent.objects.count() == 2

"""The same calls come by four doors in random order, and are consumed once.

A gateway settles them and posts them as a batch too; a callback posts them by itself,
a collector exports them by OpenTelemetry, and LiteLLM hands over its spend logs as a
file. One is of record, three are witnesses that differ by nothing. FULL=1 sends a
hundred thousand calls.
"""

import json
import os
import random
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from contracting.core import clock
from contracting.documents.operations.work_operation import work_operation
from contracting.ledger.queries import balances_of
from contracting.metering.adapters import otel, otlp
from contracting.metering.adapters.events import Sender
from contracting.metering.models import UsageEvent, UsageRating
from contracting.metering.operations.declare_record import declare_source_of_record
from contracting.metering.operations.ingest import ingest_usage
from contracting.metering.operations.receive_telemetry import receive_telemetry
from contracting.metering.operations.settle import Spent
from contracting.metering.queries.completeness import witness_differences
from tests.builders_funds import unfolded
from tests.builders_metering import (
    BOUNDARY,
    CALLED_AT,
    DELIVERED_AT,
    MODEL,
    SOURCE,
    assert_the_books_balance,
    event,
    folded,
    ndjson,
    order_for,
    usage_source,
)
from tests.cast import actor
from tests.metering.files import uploaded

CALLS = 100_000 if os.environ.get("FULL") else 600
AT_ONCE = 1_000 if os.environ.get("FULL") else 60
MOST = 120 if CALLS < 10_000 else 4
PRICES = {"IN_UNCACHED": 2, "IN_CACHE_READ": 1, "OUT_TEXT": 8, "OUT_REASONING": 8}
SHORT = {
    "IN_UNCACHED": "input",
    "IN_CACHE_READ": "cached_input",
    "OUT_TEXT": "output",
    "OUT_REASONING": "reasoning",
}
COLLECTOR, LOGS, CALLBACK = "collector", "spend-logs", "callback"


def drawn(chance):
    """Each call: its name, when it was complete, and its disjoint classes."""
    for number in range(CALLS):
        late = timedelta(seconds=chance.randrange(6 * 86_400))
        yield (
            f"call-{number}",
            CALLED_AT - late,
            {code: chance.randrange(MOST) for code in PRICES},
        )


def as_event(order, source, name, at, used):
    made = event(
        "x",
        order=order,
        at=at,
        source=source,
        tokens={SHORT[code]: n for code, n in used.items()},
    )
    return {**made, "id": name, "data": {**made["data"], "operation_id": name}}


def as_record(order, name, at, used):
    """One log record of the GenAI conventions: totals that contain their parts."""
    counts = {
        "input_tokens": used["IN_UNCACHED"] + used["IN_CACHE_READ"],
        "cache_read.input_tokens": used["IN_CACHE_READ"],
        "output_tokens": used["OUT_TEXT"] + used["OUT_REASONING"],
        "reasoning.output_tokens": used["OUT_REASONING"],
    }
    words = {
        "gen_ai.operation.name": "chat",
        "gen_ai.response.model": MODEL,
        "gen_ai.response.id": name,
        "drawdown.order_id": order.public_id,
        "drawdown.boundary": BOUNDARY,
    }
    attributes = [{"key": k, "value": {"stringValue": v}} for k, v in words.items()]
    attributes += [
        {"key": f"gen_ai.usage.{k}", "value": {"intValue": str(n)}}
        for k, n in counts.items()
    ]
    return {
        "timeUnixNano": f"{int(at.timestamp())}000000000",
        "eventName": "gen_ai.client.inference.operation.details",
        "attributes": attributes,
    }


def as_row(name, at, used):
    """One row of LiteLLM's spend logs, its usage block in the form of OpenAI."""
    given = used["IN_UNCACHED"] + used["IN_CACHE_READ"]
    made = used["OUT_TEXT"] + used["OUT_REASONING"]
    totals = {
        "prompt_tokens": given,
        "completion_tokens": made,
        "total_tokens": given + made,
    }
    usage = {
        **totals,
        "prompt_tokens_details": {"cached_tokens": used["IN_CACHE_READ"]},
        "completion_tokens_details": {"reasoning_tokens": used["OUT_REASONING"]},
    }
    return {
        "request_id": name,
        "litellm_call_id": name,
        "call_type": "acompletion",
        "startTime": at.isoformat(),
        "endTime": at.isoformat(),
        "model": MODEL,
        "custom_llm_provider": "openai",
        **totals,
        "status": "success",
        "cache_hit": "False",
        "metadata": {"usage_object": usage},
    }


@dataclass
class Doors:
    """The five ways in which calls of one order come."""

    order: Any
    cor: Any

    def settle(self, some):
        rows = [as_event(self.order, SOURCE, *call) for call in some]
        spent = [Spent(reservation_id=row["id"], event=row) for row in rows]
        found = unfolded(*spent)
        assert {each.verdict for each in found} <= {"accepted", "duplicate"}

    def post(self, some, source=SOURCE):
        rows = (as_event(self.order, source, *call) for call in some)
        receipt = ingest_usage(
            source_id=usage_source(source).pk,
            payload=ndjson(*rows),
            by=self.cor,
            at=DELIVERED_AT,
        )
        assert_counted(receipt.batch)

    def call_back(self, some):
        self.post(some, CALLBACK)

    def export(self, some):
        records = [as_record(self.order, *call) for call in some]
        sent = {"resourceLogs": [{"scopeLogs": [{"logRecords": records}]}]}
        body = json.dumps(sent).encode()
        read = otel.metered_records(otlp.read_records(body, otlp.JSON))
        receipt = receive_telemetry(
            source_id=usage_source(COLLECTOR).pk,
            payload=body,
            read=lambda _: otel.calls_of_records(read, Sender(source=COLLECTOR)),
            by=self.cor,
            at=DELIVERED_AT,
        )
        assert_counted(receipt.batch)

    def hand_over(self, some):
        upload = uploaded(
            usage_source(LOGS),
            ndjson(*(as_row(*call) for call in some)),
            "litellm-spend-logs",
            by=self.cor,
            order=self.order.public_id,
            boundary=BOUNDARY,
        )
        work_operation(operation_id=upload.operation_id)
        for chunk in upload.chunks.select_related("counted__batch"):
            assert_counted(chunk.counted.batch)

    def deliveries(self, chance, calls):
        """All calls by every door, shuffled, and a fifth of the parts twice."""
        found = []
        doors = self.settle, self.post, self.call_back, self.export, self.hand_over
        for door in doors:
            mixed = chance.sample(calls, len(calls))
            parts = [mixed[at : at + AT_ONCE] for at in range(0, len(calls), AT_ONCE)]
            again = chance.sample(parts, len(parts) // 5)
            found += [(door, part) for part in parts + again]
        chance.shuffle(found)
        return found


def assert_counted(batch):
    """Every row of a batch is new, or the same again."""
    assert batch.accepted + batch.duplicate == batch.received > 0


def test_the_same_calls_by_four_doors_are_consumed_once(own_database, monkeypatch):
    # Given an order whose gateway is of record, and three more that see its calls
    monkeypatch.setattr(clock, "now", lambda: DELIVERED_AT)
    order, cor = order_for("40.00"), actor("cor")
    witnesses = {usage_source(code).code for code in (CALLBACK, COLLECTOR, LOGS)}
    declare_source_of_record(
        order_id=order.pk,
        source_id=usage_source().pk,
        key_ref="",
        first_day=date(2026, 4, 13),
        reason="It asks before each call.",
        by=cor,
        at=CALLED_AT,
    )
    chance = random.Random(20_260_420)
    calls = list(drawn(chance))

    # When all of them deliver all calls
    for door, part in Doors(order, cor).deliveries(chance, calls):
        door(part)
    while folded():
        pass

    # Then each call is stored once by source, and consumed once
    assert UsageEvent.objects.count() == 4 * CALLS
    told: Counter[str] = Counter()
    for _name, _at, used in calls:
        told.update(used)
    sums = UsageRating.objects.values_list("token_class_code").annotate(Sum("tokens"))
    assert dict(sums.order_by()) == dict(told)
    (balance,) = balances_of(order.lines.get().holder)
    assert balance.consumed_tokens == sum(told.values())
    cost = Decimal(sum(PRICES[code] * n for code, n in told.items())) / 1_000_000
    assert balance.consumed_dollars == cost

    # And the three witnesses differ by nothing on any day
    days = witness_differences(order)
    assert {(day.tokens, day.dollars) for day in days} == {(0, Decimal(0))}
    seen: Counter[str] = Counter()
    for day in days:
        seen[day.source.code] += day.witness_tokens
    assert seen == dict.fromkeys(witnesses, sum(told.values()))
    assert_the_books_balance()

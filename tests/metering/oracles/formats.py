"""Every printer by the name of its adapter, and what is read compared with it."""

import csv
import io
import json
import random

from contracting.metering.adapters.events import (
    BadRow,
    ReadBucket,
    ReadCharge,
    ReadEvent,
    Sender,
)
from contracting.metering.adapters.mapped_csv import mapping_of
from contracting.metering.adapters.registry import ADAPTERS
from tests.metering.oracles import (
    anthropic,
    bedrock,
    bills,
    gemini,
    litellm,
    openai,
    openai_reports,
    openrouter,
    plain,
)
from tests.metering.oracles.printing import Bucket, Call, Charge, Refused, written

SENDER = Sender(source="gateway", order_ref="ord_7k2m", boundary="FEDRAMP_MOD")
AT_ONCE = 1_000


def pages(rng, buckets):
    """The buckets by pages: one, an array of them, or one to a line."""
    size = rng.choice([len(buckets), 7, 31])
    found = [
        {
            "object": "page",
            "data": buckets[start : start + size],
            "has_more": start + size < len(buckets),
            "next_page": "page_2" if start + size < len(buckets) else None,
        }
        for start in range(0, len(buckets), size)
    ]
    if len(found) == 1 and rng.random() < 0.5:
        return json.dumps(found[0], indent=2).encode()
    return written(rng, found)


def sheet(rng, rows):
    """The rows as CSV, its columns in any order, with or without a mark first."""
    names = list(rows[0])
    rng.shuffle(names)
    out = io.StringIO()
    sink = csv.DictWriter(out, names, lineterminator=rng.choice(["\n", "\r\n"]))
    sink.writeheader()
    sink.writerows(rows)
    return rng.choice([b"", b"\xef\xbb\xbf"]) + out.getvalue().encode()


PRINTERS = {
    "cloudevents": (plain.own, written),
    "cloudevents-by-type": (plain.by_type, written),
    "openai-chat": (openai.chat, written),
    "openai-responses": (openai.responses, written),
    "openai-batch": (openai.batch_line, written),
    "openai-embeddings": (openai.embeddings, written),
    "openai-usage": (openai_reports.usage, pages),
    "openai-costs": (openai_reports.cost, pages),
    "anthropic-message": (anthropic.message, written),
    "anthropic-usage": (anthropic.usage_page, pages),
    "anthropic-costs": (anthropic.cost, pages),
    "bedrock-converse": (bedrock.converse, written),
    "bedrock-invocation-log": (bedrock.invocation, written),
    "bedrock-cur": (bedrock.cur, sheet),
    "azure-openai-chat": (openai.chat, written),
    "azure-openai-responses": (openai.responses, written),
    "azure-cost-export": (bills.azure, sheet),
    "gemini": (gemini.answer, written),
    "openrouter-chat": (openai.chat, written),
    "openrouter-generation": (openrouter.generation, written),
    "litellm-spend-logs": (litellm.row, written),
    "focus": (bills.focus, sheet),
    "csv": (plain.csv_row, sheet),
}


def read_rows(name, payload, **settings):
    """The rows of a payload, as the adapter of that name reads them."""
    return ADAPTERS[name].read_rows(payload, SENDER, **settings)


def assert_read_exactly(name, calls, *, broken=False):
    """Print so many random rows of a format, read them, and compare each.

    A broken row is refused with a code that says why; the others come back exactly.
    """
    rng = random.Random(f"{name} {broken}")
    print_row, join = PRINTERS[name]
    settings = {"mapping": mapping_of(plain.MAPPING)} if name == "csv" else {}
    for start in range(0, calls, AT_ONCE):
        numbers = range(start, min(start + AT_ONCE, calls))
        printed = [print_row(rng, number, broken) for number in numbers]
        payload = join(rng, [row for row, _ in printed])
        read = read_rows(name, payload, **settings)
        assert len(read) == len(printed)
        for found, (row, expected) in zip(read, printed, strict=True):
            compare(found, expected, row)


def compare(found, expected, row):
    """What was read against what was printed."""
    if isinstance(expected, Refused):
        assert isinstance(found, BadRow), (found, row)
        assert found.code in expected.codes, (found, row)
        return
    compared = {Call: _call, Bucket: _bucket, Charge: _charge}[type(expected)]
    assert not isinstance(found, BadRow), (found, row)
    compared(found, expected, row)


def _used(lines):
    return {code: tokens for code, tokens in dict(lines).items() if tokens}


def _call(found, expected, row):
    assert isinstance(found, ReadEvent)
    assert _used(found.lines) == _used(expected.lines), row
    said = (found.event_id, found.model_served, found.reported_total, found.tier)
    known = (expected.id, expected.model, expected.total, expected.tier)
    assert said == known, row
    assert (found.occurred_at, found.basis) == (expected.at, expected.basis), row
    assert found.unknown_class == expected.unknown, row
    for key, value in expected.more.items():
        assert getattr(found, key) == value, (key, row)


def _bucket(found, expected, row):
    assert isinstance(found, ReadBucket)
    lines = {line.classes: line.tokens for line in found.lines}
    assert lines == _used(expected.lines), row
    assert (found.period_start, found.period_end) == (expected.start, expected.end)
    assert (found.model, found.tier) == (expected.model, expected.tier), row
    assert found.requests == expected.requests, row
    assert found.reported_total == expected.total, row


def _charge(found, expected, row):
    assert isinstance(found, ReadCharge)
    said = (found.model_billed, found.classes, found.tier, found.tokens)
    known = (expected.model, expected.classes, expected.tier, expected.tokens)
    assert said == known, row
    assert (found.amount, found.currency) == (expected.amount, expected.currency), row
    assert (found.period_start, found.charge_class) == (expected.start, expected.kind)
    assert expected.zone in (None, found.region_scope), row

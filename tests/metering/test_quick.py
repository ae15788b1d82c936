"""The quick way of reading a row finds what the careful way finds, or leaves it."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from contracting.metering.adapters import cloudevents
from contracting.metering.adapters.quick import read_quickly
from contracting.metering.states import Outcome
from tests.builders_metering import CALLED_AT, event

texts = st.sampled_from(
    [
        *("a", "model-x", "ord_1", "STANDARD", "BATCH", "ALL", "FAILED", "COMPLETE"),
        *("", " ", "a b", "é", "\x7f", "\x00", 'quo"te', "back\\slash", "x" * 61),
        *("x" * 121, "x" * 201, "{", "'", "%", "\u2028", "measured", "estimated"),
        *("0", "null", "2026-04-20T14:00:00Z", "1999-12-31T23:59:59Z"),
        *("2026-04-20T14:00:00.1234567+05:30", "2026-04-20t14:00:00z"),
    ]
)
numbers = st.sampled_from([0, 1, 2, 1000, 1001, 10**12, 10**12 + 1, 2**53, -1, 1.0])
strange = st.one_of(texts, numbers, st.none(), st.booleans(), st.just([]), st.just({}))
names = st.sampled_from(
    ["input", "output", "IN_UNCACHED", "batch_input", "aura", "reasoning", "thinking"]
)
NAMED = (
    *("order_id", "operation_id", "attempt", "model", "model_requested", "tier"),
    *("context_band", "boundary", "basis", "total", "key_ref", "project", "outcome"),
    *("requests", "meter_seq", "latency_ms", "provenance", "class", "tokens", "lines"),
    *("channel", "reported_cost", "aura"),
)
ENVELOPE = (
    *("specversion", "id", "source", "type", "time", "subject", "datacontenttype"),
    *("dataschema", "data", "aura"),
)
lines = st.lists(
    st.fixed_dictionaries({"class": names, "tokens": numbers | st.integers(0, 999)}),
    max_size=4,
)


@st.composite
def rows(draw):
    """A plain row, with some fields replaced, some gone and some twice."""
    row = event("1", order="ord_1")
    row["data"]["lines"] = draw(lines)
    for key in draw(st.lists(st.sampled_from(NAMED), max_size=3)):
        row["data"][key] = draw(strange)
    for key in draw(st.lists(st.sampled_from(ENVELOPE), max_size=2)):
        row[key] = draw(strange)
    for where, key in draw(
        st.lists(st.sampled_from([("", "subject"), ("data", "order_id")]), max_size=1)
    ):
        inner = row.get(where)
        (inner if isinstance(inner, dict) else row).pop(key, None)
    compact = draw(st.booleans())
    text = json.dumps(
        row,
        ensure_ascii=draw(st.booleans()),
        separators=(",", ":") if compact else None,
    )
    twin = draw(st.sampled_from(["", "", '"id":"call-1",', '"source":"other",']))
    return text.replace("{", "{" + twin, 1) if twin else text


@settings(max_examples=1_500)
@given(rows())
def test_what_is_read_quickly_is_read_the_same_with_care(raw):
    quickly = read_quickly(7, raw)

    assert quickly is None or quickly == cloudevents._read(7, raw)


@settings(max_examples=300)
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "operation_id": st.sampled_from(["op-1", "{1}"]),
            "attempt": st.integers(1, 1_000),
            "model_requested": st.just("alias"),
            "tier": st.sampled_from(["STANDARD", "PRIORITY"]),
            "context_band": st.just("GT_200K"),
            "boundary": st.just("IL5"),
            "basis": st.just("measured"),
            "key_ref": st.just("key-1"),
            "project": st.just("claims"),
            "outcome": st.sampled_from(sorted(Outcome.values)),
            "requests": st.integers(0, 9),
            "meter_seq": st.integers(0, 2**53 - 1),
            "latency_ms": st.integers(0, 10**6),
        },
    ),
    st.dictionaries(
        st.sampled_from(["input", "output", "cached_input", "IN_IMAGE"]),
        st.integers(0, 10**12),
        min_size=1,
    ),
)
def test_a_plain_row_is_read_quickly(more, tokens):
    # Given a row with fields of a gateway, none of them odd
    row = event("1", order="ord_1", tokens=tokens, at=CALLED_AT, **more)
    row["data"].pop("total", None)

    # When it is read
    quickly = read_quickly(3, json.dumps(row))

    # Then nothing of it is left to the careful way, and both say the same
    assert quickly is not None
    assert quickly == cloudevents._read(3, json.dumps(row))

"""What a gateway sends: rows read exactly, or refused with a code; never a guess."""

import json
from copy import deepcopy
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracting.metering.adapters.cloudevents import (
    MAX_TOKENS,
    BadRow,
    ReadEvent,
    Unreadable,
    named_sources,
    read_batch,
)
from contracting.metering.states import RowCode
from contracting.reference.calculations import CODES
from tests.builders_metering import event, ndjson

ORDER = "ord_7k2m"
MISSING = object()


def row(**changed):
    """An event whose fields are replaced; ``data__tier`` names one of its data."""
    made = event(order=ORDER)
    for name, value in changed.items():
        place, _, key = name.rpartition("__")
        target = made[place] if place else made
        if value is MISSING:
            del target[key]
        else:
            target[key] = value
    return made


def read(made) -> ReadEvent | BadRow:
    (only,) = read_batch(ndjson(made) if isinstance(made, dict) else made)
    return only


def lines(*pairs):
    return [{"class": name, "tokens": count} for name, count in pairs]


def test_a_call_is_read_field_by_field():
    # When a full event is read
    found = read(
        row(
            id="call-1",
            subject="con_1/clin_1",
            time="2026-04-20T10:00:00.123456789-04:00",
            datacontenttype="application/json",
            dataschema="urn:example:schema",
            data__attempt=2,
            data__model_requested="assistant",
            data__context_band="UP_TO_200K",
            data__basis="estimated",
            data__lines=lines(("output", 10), ("input", 5), ("cached_input", 128_955)),
            data__total=128_970,
        )
    )

    # Then it has our names, UTC to the microsecond, and lines by class code
    assert isinstance(found, ReadEvent)
    assert (found.event_id, found.source) == ("call-1", "gateway")
    assert found.occurred_at == datetime(2026, 4, 20, 14, 0, 0, 123456, tzinfo=UTC)
    assert (found.operation_id, found.attempt) == ("operation-1", 2)
    assert found.order_ref == ORDER
    assert (found.model_served, found.model_requested) == (
        "gpt-4o-2024-08-06",
        "assistant",
    )
    assert (found.tier, found.context_band) == ("STANDARD", "UP_TO_200K")
    assert (found.boundary, found.basis) == ("FEDRAMP_MOD", "estimated")
    assert found.lines == (
        ("IN_CACHE_READ", 128_955),
        ("IN_UNCACHED", 5),
        ("OUT_TEXT", 10),
    )
    assert (found.reported_total, found.unknown_class) == (128_970, "")


def test_what_is_left_out_has_its_usual_value():
    found = read(
        row(
            subject=ORDER,
            data__order_id=MISSING,
            data__operation_id=MISSING,
            data__attempt=None,
            data__tier=None,
            data__model_requested=None,
        )
    )

    assert isinstance(found, ReadEvent)
    assert (found.order_ref, found.operation_id) == (ORDER, "call-1")
    assert (found.attempt, found.tier, found.context_band) == (1, "STANDARD", "ALL")
    assert (found.model_requested, found.basis) == ("", "measured")
    assert found.reported_total is None


@pytest.mark.rule("R-MET-02", case="allowed")
@pytest.mark.parametrize(
    ("given_lines", "expected"),
    [
        # Golden vectors: the classes of one call as several vendors report it.
        (
            [
                ("input", 5),
                ("cached_input", 128_955),
                ("cache_write_5m", 253),
                ("cache_write_1h", 1_000),
                ("output", 6),
                ("reasoning", 4),
            ],
            {
                "IN_UNCACHED": 5,
                "IN_CACHE_READ": 128_955,
                "IN_CACHE_WRITE_5M": 253,
                "IN_CACHE_WRITE_1H": 1_000,
                "OUT_TEXT": 6,
                "OUT_REASONING": 4,
            },
        ),
        (
            [("input", 10), ("cached_input", 90), ("output", 20), ("reasoning", 300)],
            {
                "IN_UNCACHED": 10,
                "IN_CACHE_READ": 90,
                "OUT_TEXT": 20,
                "OUT_REASONING": 300,
            },
        ),
        (
            [("input", 100), ("tool_input", 40), ("output", 20), ("reasoning", 300)],
            {"IN_UNCACHED": 100, "TOOL_IN": 40, "OUT_TEXT": 20, "OUT_REASONING": 300},
        ),
        (
            [
                ("input", 200),
                ("cached_input", 2_000),
                ("cache_write", 400),
                ("output", 18),
                ("reasoning", 12),
            ],
            {
                "IN_UNCACHED": 200,
                "IN_CACHE_READ": 2_000,
                "IN_CACHE_WRITE_UNSPEC": 400,
                "OUT_TEXT": 18,
                "OUT_REASONING": 12,
            },
        ),
        (
            [
                ("IN_UNCACHED", 5),
                ("IN_CACHE_READ", 128_955),
                ("IN_CACHE_WRITE_UNSPEC", 1_253),
                ("OUT_TEXT", 10),
            ],
            {
                "IN_UNCACHED": 5,
                "IN_CACHE_READ": 128_955,
                "IN_CACHE_WRITE_UNSPEC": 1_253,
                "OUT_TEXT": 10,
            },
        ),
        ([("input", 5), ("output", 15)], {"IN_UNCACHED": 5, "OUT_TEXT": 15}),
        ([("embedding", MAX_TOKENS)], {"EMBED": MAX_TOKENS}),
    ],
)
def test_golden_vectors_keep_their_classes_apart(given_lines, expected):
    total = sum(expected.values())
    found = read(row(data__lines=lines(*given_lines), data__total=total))

    assert isinstance(found, ReadEvent)
    assert dict(found.lines) == expected
    assert found.reported_total == total


def test_one_class_in_an_event_is_the_short_form():
    made = row(data__lines=MISSING)
    made["data"] |= {"class": "batch_input", "tokens": 700, "tier": "BATCH"}
    found = read(made)

    assert isinstance(found, ReadEvent)
    assert (found.lines, found.tier) == ((("IN_UNCACHED", 700),), "BATCH")


def test_an_unknown_class_is_named_and_counted_and_not_refused():
    found = read(row(data__lines=lines(("input", 5), ("telepathy", 7))))

    assert isinstance(found, ReadEvent)
    assert found.unknown_class == "telepathy"
    assert dict(found.lines) == {"IN_UNCACHED": 5, "telepathy": 7}


TEXT = "a prompt with blanks"

REFUSED = [
    ("not_json", "", b"{"),
    ("not_json", "", b'{"id": NaN}'),
    ("not_json", "", b'{"id": ' + b"9" * 5_000 + b"}"),
    ("not_json", "", b'{"id": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
    ("not_json", "", ("\ufeff x").encode()),
    ("not_an_object", "", b'"text"'),
    ("not_an_object", "", b"17"),
    ("duplicate_key", "", b'{"id": "a", "id": "b"}'),
    ("duplicate_key", "", b'{"id": "a", "data": {"total": 1, "total": 2}}'),
    ("missing", "/id", row(id=MISSING)),
    ("bad_text", "/id", row(id=17)),
    ("bad_text", "/id", row(id="")),
    ("bad_text", "/id", row(id="x" * 201)),
    ("bad_text", "/id", row(id="call-1\n")),
    ("bad_text", "/id", row(id="call\x001")),
    ("unknown_field", "/prompt", row(prompt=TEXT)),
    ("unknown_field", "/?", row(**{"what was asked": TEXT})),
    ("unknown_field", "/data/messages", row(data__messages=[TEXT])),
    ("unsupported_specversion", "/specversion", row(specversion="0.3")),
    ("unsupported_specversion", "/specversion", row(specversion=[])),
    ("unsupported_type", "/type", row(type="ai.call.completed")),
    ("bad_content_type", "/datacontenttype", row(datacontenttype="text/plain")),
    ("bad_content_type", "/datacontenttype", row(datacontenttype={})),
    ("bad_text", "/dataschema", row(dataschema=TEXT)),
    ("bad_text", "/subject", row(subject=TEXT)),
    ("missing_data", "/data", row(data=MISSING)),
    ("missing_data", "/data", row(data=[TEXT])),
    ("bad_lines", "/data/lines", row(data__lines=[])),
    ("bad_lines", "/data/lines", row(data__lines="input")),
    ("bad_lines", "/data/lines", row(data__lines=lines(("input", 1)) * 31)),
    ("bad_line", "/data/lines/0", row(data__lines=[{"class": "input"}])),
    ("bad_line", "/data/lines/0", row(data__lines=["input"])),
    (
        "bad_line",
        "/data/lines/1",
        row(
            data__lines=[
                *lines(("input", 1)),
                {"class": "output", "tokens": 1, "text": TEXT},
            ]
        ),
    ),
    ("bad_class", "/data/lines/0/class", row(data__lines=MISSING)),
    ("bad_class", "/data/lines/0/class", row(data__lines=lines(("x" * 31, 1)))),
    ("bad_class", "/data/lines/0/class", row(data__lines=lines((TEXT, 1)))),
    ("bad_class", "/data/lines/0/class", row(data__lines=lines((["input"], 1)))),
    ("lines_twice", "/data/lines", row(data__tokens=5)),
    (
        "class_twice",
        "/data/lines/1",
        row(data__lines=lines(("input", 1), ("input", 2))),
    ),
    (
        "class_twice",
        "/data/lines/1",
        row(data__lines=lines(("input", 1), ("IN_UNCACHED", 2))),
    ),
    ("not_a_count", "/data/lines/0/tokens", row(data__lines=lines(("input", 1.0)))),
    ("not_a_count", "/data/lines/0/tokens", row(data__lines=lines(("input", "1")))),
    ("not_a_count", "/data/lines/0/tokens", row(data__lines=lines(("input", True)))),
    ("not_a_count", "/data/lines/0/tokens", row(data__lines=lines(("input", None)))),
    ("negative", "/data/lines/0/tokens", row(data__lines=lines(("input", -1)))),
    (
        "too_many",
        "/data/lines/0/tokens",
        row(data__lines=lines(("input", MAX_TOKENS + 1))),
    ),
    ("not_a_count", "/data/total", row(data__total="1100")),
    ("negative", "/data/total", row(data__total=-1)),
    ("checksum_failed", "/data/total", row(data__total=1_101)),
    (
        "tiers_mixed",
        "/data/lines",
        row(data__lines=lines(("input", 1), ("batch_output", 1))),
    ),
    (
        "tier_contradicted",
        "/data/tier",
        row(data__lines=lines(("batch_input", 1)), data__tier="STANDARD"),
    ),
    ("bad_text", "/data/tier", row(data__tier="x" * 21)),
    ("missing", "/source", row(source=MISSING)),
    ("bad_text", "/source", row(source="x" * 121)),
    ("missing", "/data/order_id", row(data__order_id=MISSING)),
    ("bad_text", "/data/order_id", row(data__order_id="x" * 61)),
    ("missing", "/data/model", row(data__model=MISSING)),
    ("bad_text", "/data/model", row(data__model=TEXT)),
    ("bad_text", "/data/boundary", row(data__boundary="x" * 21)),
    ("bad_text", "/data/project", row(data__project=TEXT)),
    ("bad_text", "/data/region", row(data__region="x" * 61)),
    ("bad_hash", "/data/principal_hash", row(data__principal_hash="o'brien@x")),
    ("not_a_count", "/data/requests", row(data__requests="1")),
    ("negative", "/data/meter_seq", row(data__meter_seq=-1)),
    ("too_many", "/data/meter_seq", row(data__meter_seq=2**53)),
    ("bad_text", "/data/operation_id", row(data__operation_id=TEXT)),
    ("bad_attempt", "/data/attempt", row(data__attempt=0)),
    ("bad_attempt", "/data/attempt", row(data__attempt=1_001)),
    ("bad_attempt", "/data/attempt", row(data__attempt=True)),
    ("bad_basis", "/data/basis", row(data__basis="guessed")),
    ("bad_basis", "/data/basis", row(data__basis=["measured"])),
    ("bad_basis", "/data/lines", row(data__basis="absent")),
    ("bad_provenance", "/data/provenance", row(data__provenance="GUESSED")),
    ("bad_provenance", "/data/provenance", row(data__provenance="ESTIMATED")),
    (
        "bad_provenance",
        "/data/provenance",
        row(data__provenance="REPORTED", data__basis="estimated"),
    ),
    ("bad_outcome", "/data/outcome", row(data__outcome="FINE")),
    ("not_an_amount", "/data/reported_cost", row(data__reported_cost=TEXT)),
    ("not_an_amount", "/data/reported_cost", row(data__reported_cost="NaN")),
    ("not_an_amount", "/data/reported_cost", row(data__reported_cost=True)),
    (
        "bad_currency",
        "/data/reported_currency",
        row(data__reported_cost="1.5", data__reported_currency="dollars"),
    ),
    ("bad_text", "/data/key_ref", row(data__key_ref=TEXT)),
    ("not_a_count", "/data/latency_ms", row(data__latency_ms=1.5)),
    ("bad_time", "/time", row(time=MISSING)),
    ("bad_time", "/time", row(time=1_776_000_000)),
    ("bad_time", "/time", row(time="2026-04-20T14:00:00")),
    ("bad_time", "/time", row(time="2026-04-20")),
    ("bad_time", "/time", row(time="2026-02-30T14:00:00Z")),
    ("bad_time", "/time", row(time="0001-01-01T00:00:00+23:59")),
    ("bad_time", "/time", row(time="1999-12-31T23:59:59Z")),
]


@pytest.mark.rule("R-MET-02", case="refused", held_by="verdict")
@pytest.mark.rule("R-AI-04", case="refused", held_by="verdict")
@pytest.mark.parametrize(
    ("code", "pointer", "made"),
    REFUSED,
    ids=[f"{number} {each[0]}" for number, each in enumerate(REFUSED)],
)
def test_a_row_that_is_not_counts_and_ids_is_refused_with_a_code(code, pointer, made):
    found = read(made)

    assert isinstance(found, BadRow)
    assert (found.code, found.pointer) == (code, pointer)
    assert TEXT not in str(found)
    assert len(found.sha256) == 64


def test_every_code_of_a_row_is_tried():
    at_the_door = {
        RowCode.OTHER_SOURCE,
        RowCode.SOURCE_CLOSED,
        RowCode.CLOCK_AHEAD,
        RowCode.OTHER_CONTENT,
    }
    of_other_formats = {
        RowCode.SAID_TWICE,
        RowCode.SUBSET_EXCEEDS_TOTAL,
        RowCode.BASIS_UNKNOWN,
        RowCode.UNKNOWN_UNIT,
        RowCode.UNKNOWN_METER,
        RowCode.MISSING_DIMENSION,
        RowCode.SAMPLED,
        RowCode.NOT_DELTA,
        RowCode.OTHER_COLUMNS,
    }

    tried = {each[0] for each in REFUSED}
    assert tried == set(RowCode.values) - at_the_door - of_other_formats


def test_the_same_content_has_the_same_hash_however_it_is_written():
    # Given a call, and the same one with other spaces, order, zone and short names
    one = row(data__lines=lines(("input", 5), ("output", 6)), data__total=11)
    other = row(
        time="2026-04-20T10:00:00.000-04:00",
        data__lines=lines(("OUT_TEXT", 6), ("IN_UNCACHED", 5)),
        data__total=11,
    )
    changed = row(data__lines=lines(("input", 5), ("output", 7)), data__total=12)

    # Then the first two are one content, the third is another
    hashes = [
        read(json.dumps(each, indent=None, sort_keys=sort).encode()).sha256
        for each, sort in ((one, False), (other, True), (changed, False))
    ]
    assert hashes[0] == hashes[1] != hashes[2]


@pytest.mark.parametrize(
    ("payload", "source"),
    [
        (ndjson(row()), "gateway"),
        (b"not json\n[]\n" + ndjson(row(source="late")), "late"),
        (b'[17, {"source": "in an array"}, {"source": "here"}]', "here"),
        (b"not json\n17\n", None),
    ],
)
def test_the_source_is_the_first_that_a_row_names(payload, source):
    assert next(named_sources(payload), None) == source


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(st.binary(max_size=400) | st.text(max_size=400).map(lambda t: t.encode("utf-8")))
@settings(max_examples=300, deadline=None)
def test_no_bytes_whatever_break_the_reader(payload):
    try:
        rows = read_batch(payload)
    except Unreadable:
        return

    assert [each.index for each in rows] == list(range(len(rows)))


@given(st.data())
@settings(max_examples=400, deadline=None)
def test_no_value_in_any_field_breaks_the_reader(data):
    # Given a good event with something else in one of its fields
    made = deepcopy(row())
    counts = made["data"]
    places = [(made, key) for key in [*made, "subject"]]
    places += [(counts, key) for key in [*counts, "total", "basis"]]
    places += [(counts["lines"][0], key) for key in ("class", "tokens", "more")]
    place, key = data.draw(st.sampled_from(places))
    place[key] = data.draw(ANYTHING)

    # Then it is read or refused, and never anything else
    found = read(json.dumps([made]).encode())
    assert isinstance(found, ReadEvent | BadRow)
    if isinstance(found, ReadEvent):
        assert all(0 <= tokens <= MAX_TOKENS for _, tokens in found.lines)


@given(
    st.dictionaries(
        st.sampled_from(sorted(CODES)),
        st.integers(min_value=0, max_value=MAX_TOKENS),
        min_size=1,
    )
)
def test_whatever_the_counts_they_come_back_and_add_up(counts):
    found = read(
        row(data__lines=lines(*counts.items()), data__total=sum(counts.values()))
    )

    assert isinstance(found, ReadEvent)
    assert dict(found.lines) == counts
    assert found.reported_total == sum(tokens for _, tokens in found.lines)

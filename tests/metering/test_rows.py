"""A batch is lines or an array; a gateway may say more of a call than its counts."""

import json
from decimal import Decimal

import pytest

from contracting.metering.adapters.cloudevents import read_batch
from contracting.metering.adapters.events import (
    MAX_BYTES,
    MAX_ROWS,
    BadRow,
    ReadEvent,
    Unreadable,
)
from tests.builders_metering import event, ndjson

TEXT = "a prompt with blanks"


def row(event_id="call-1", **data):
    """An event of this id, with these fields of its data; ``None`` takes one out."""
    made = event(order="ord_7k2m")
    made["id"] = event_id
    made["data"] = {k: v for k, v in (made["data"] | data).items() if v is not None}
    return made


def read(made):
    (only,) = read_batch(ndjson(made) if isinstance(made, dict) else made)
    return only


def test_a_bad_row_spoils_no_other():
    rows = read_batch(ndjson(row("a"), row("b", prompt=TEXT), row("c")))

    assert [type(each) for each in rows] == [ReadEvent, BadRow, ReadEvent]
    assert [each.index for each in rows] == [0, 1, 2]
    assert [each.event_id for each in rows] == ["a", "b", "c"]


def test_lines_and_arrays_are_read_alike():
    # Given two rows, one with an escaped separator in a text that is refused
    first, second = row("a"), row("b\u2028c")

    # Then lines, an array, a spaced array and a marked text give the same rows
    by_lines = read_batch(ndjson(first, second))
    spaced = json.dumps([first, second], indent=2, ensure_ascii=False).encode()
    marked = b"\xef\xbb\xbf" + ndjson(first, second).replace(b"\n", b"\r\n\r\n")
    for payload in (json.dumps([first, second]).encode(), spaced, marked):
        found = read_batch(payload)
        assert found[0] == by_lines[0]
        bad = found[1]
        assert isinstance(bad, BadRow)
        assert (bad.code, bad.pointer) == ("bad_text", "/id")


def test_a_separator_inside_a_text_parts_no_row():
    payload = json.dumps(row("b\u2028c"), ensure_ascii=False).encode()

    assert len(read_batch(payload)) == 1


def test_twins_in_an_array_are_seen():
    made = json.dumps(row()).replace('"id": "call-1"', '"id": "call-1", "id": "x"')

    found = read(f"[{made}]".encode())

    assert isinstance(found, BadRow)
    assert found.code == "duplicate_key"


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b" \n\n ",
        b"[]",
        b"[",
        b"[1",
        b"[1,]",
        b"[1 2]",
        b"[1] 2",
        b"[" + b"[" * 100_000,
        b"\xff\xfe",
        b"{}\n" * (MAX_ROWS + 1),
        b"[" + b"1," * MAX_ROWS + b"1]",
        b"x" * (MAX_BYTES + 1),
    ],
    ids=range(13),
)
@pytest.mark.rule("R-MET-02", case="refused", held_by="verdict")
def test_what_is_no_batch_is_unreadable(payload):
    with pytest.raises(Unreadable):
        read_batch(payload)


def test_the_largest_batch_is_read():
    assert len(read_batch(b"{}\n" * MAX_ROWS)) == MAX_ROWS


def test_what_a_gateway_says_besides_is_read_too():
    # When a call says how it went, who counted it and what it is said to have cost
    said = {
        "provider": "openai",
        "channel": "azure.openai",
        "model_billed": "gpt-4o-0806",
        "service_tier": "default",
        "processing": "sync",
        "region_scope": "zone",
        "key_ref": "key-7",
        "outcome": "COMPLETE",
        "latency_ms": 812,
        "provenance": "REPORTED",
        "reported_cost": "0.0123",
        "meter_seq": 17,
        "requests": 1,
        "project": "p-1",
    }
    found = read(row(**said))

    # Then each stands on the event, and all of it is part of its content
    assert isinstance(found, ReadEvent)
    kept = json.loads(found.canonical)
    for key, value in said.items():
        assert str(getattr(found, key)) == str(value)
        assert kept[key] == value
    assert (found.reported_cost, found.reported_currency) == (Decimal("0.0123"), "USD")


def test_a_count_that_is_absent_has_no_line_and_is_not_zero():
    found = read(row(basis="absent", lines=None))

    assert isinstance(found, ReadEvent)
    assert (found.basis, found.lines, found.reported_total) == ("absent", (), None)

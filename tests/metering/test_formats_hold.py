"""Whatever stands in a row of any format: it is read, or refused, and keeps no content.

Each place of a printed row is replaced in turn by something that nobody expects there.
"""

import json
import random
from copy import deepcopy
from typing import Any

import pytest

from contracting.metering.adapters.events import (
    BadRow,
    ReadBucket,
    ReadCharge,
    ReadEvent,
    Unreadable,
)
from contracting.metering.adapters.mapped_csv import mapping_of
from contracting.metering.adapters.registry import ADAPTERS
from contracting.metering.states import Grain
from tests.metering.oracles import plain
from tests.metering.oracles.formats import PRINTERS, pages, read_rows, sheet
from tests.metering.oracles.printing import CONTENT, written

NASTY: list[Any] = [
    None,
    True,
    -1,
    0,
    2**80,
    1.5,
    float("1e308"),
    "",
    CONTENT,
    "\x00",
    "\u2028",
    "\ud800",
    "9" * 400,
    [],
    [[]],
    {},
    {"": {"tokens": 1}},
    [{"modality": "TEXT", "tokenCount": -1}],
    "9999-12-31T23:59:59Z",
    "0001-01-01T00:00:00+23:59",
]


READ = ReadEvent | ReadBucket | ReadCharge | BadRow


def settings(name):
    return {"mapping": mapping_of(plain.MAPPING)} if name == "csv" else {}


def places(row, path=()):
    """The way to every value of a row, at every depth."""
    inside = row.items() if isinstance(row, dict) else enumerate(row)
    for key, value in inside:
        yield (*path, key)
        if isinstance(value, dict | list):
            yield from places(value, (*path, key))


def replaced(row, path, value):
    made = deepcopy(row)
    place = made
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return made


def read(name, rng, row):
    join = PRINTERS[name][1]
    payload = join(rng, [row]) if join is not written else json.dumps(row).encode()
    return read_rows(name, payload, **settings(name))


@pytest.mark.rule("R-MET-02", case="refused", held_by="verdict")
@pytest.mark.parametrize("name", PRINTERS)
def test_nothing_in_any_place_breaks_a_reader(name):
    # Given rows of a format
    rng = random.Random(f"nasty {name}")
    print_row, join = PRINTERS[name]
    for number in range(8):
        row, _ = print_row(rng, number, False)
        for path in places(row):
            for value in rng.sample(NASTY, 6):
                if value == "\ud800" and join is sheet:
                    continue  # Half a character cannot be written as UTF-8.
                # When any of its places holds something strange
                try:
                    found = read(name, rng, replaced(row, path, value))
                except Unreadable:
                    assert join is not written
                    continue

                # Then it is read or refused, each count whole and not negative
                for each in found:
                    assert isinstance(
                        each, ReadEvent | ReadBucket | ReadCharge | BadRow
                    )
                    if isinstance(each, ReadEvent):
                        assert all(tokens >= 0 for _, tokens in each.lines)
                        assert type(each.sha256) is str


CALLS = [name for name, each in ADAPTERS.items() if each.grain == Grain.CALL]


@pytest.mark.rule("R-AI-04", case="refused", held_by="verdict")
@pytest.mark.parametrize("name", CALLS)
def test_content_in_any_place_of_a_call_is_kept_nowhere(name):
    rng = random.Random(f"content {name}")
    for number in range(4):
        row, _ = PRINTERS[name][0](rng, number, False)
        for path in places(row):
            for found in read(name, rng, replaced(row, path, CONTENT)):
                assert CONTENT not in repr(found), path


REPORTS = [name for name in PRINTERS if name not in CALLS]


@pytest.mark.rule("R-AI-04", case="allowed")
@pytest.mark.parametrize("name", REPORTS)
def test_of_a_report_only_the_listed_fields_are_kept(name):
    # Given rows whose free texts hold content, and a field that nobody knows
    rng = random.Random(f"report {name}")
    for number in range(20):
        row, _ = PRINTERS[name][0](rng, number, False)
        strange = {**row, "note": CONTENT}
        if "results" in row:
            strange["results"] = [{**each, "note": CONTENT} for each in row["results"]]

        # Then nothing of it is kept with what is read
        for found in read(name, rng, strange):
            assert not isinstance(found, BadRow)
            assert CONTENT not in repr(found)


@pytest.mark.parametrize("name", PRINTERS)
def test_the_same_rows_have_the_same_hashes_however_they_are_written(name):
    # Given rows, and the same ones with their keys or columns in another order
    rng = random.Random(f"same {name}")
    print_row, join = PRINTERS[name]
    rows = [print_row(rng, number, False)[0] for number in range(30)]
    once, again = (read_rows(name, join(rng, rows), **settings(name)) for _ in range(2))

    assert [each.sha256 for each in once] == [each.sha256 for each in again]
    ids = [getattr(each, "charge_id", getattr(each, "bucket_id", "")) for each in once]
    assert ids == [
        getattr(each, "charge_id", getattr(each, "bucket_id", "")) for each in again
    ]


PAGED = [name for name, (_, join) in PRINTERS.items() if join is pages]


@pytest.mark.parametrize("name", PAGED)
def test_a_report_whose_last_page_announces_another_is_not_read(name):
    rng = random.Random(name)
    bucket, _ = PRINTERS[name][0](rng, 1, False)
    page = {"data": [bucket], "has_more": True, "next_page": "page_2"}

    with pytest.raises(Unreadable, match="more follow"):
        read_rows(name, json.dumps(page).encode())


@pytest.mark.parametrize("name", PAGED)
def test_a_report_that_was_asked_and_has_nothing_is_read_as_nothing(name):
    page = {"data": [], "has_more": False}

    assert read_rows(name, json.dumps(page).encode()) == []


@pytest.mark.parametrize("name", ["openai-usage", "anthropic-usage"])
def test_a_bucket_stands_in_a_report_once(name):
    rng = random.Random(name)
    bucket, _ = PRINTERS[name][0](rng, 1, False)
    page = {"data": [bucket, bucket], "has_more": False}
    first, second = read_rows(name, json.dumps(page).encode())

    assert isinstance(first, ReadBucket)
    assert isinstance(second, BadRow)
    assert second.code == "said_twice"


SHEETS = [name for name, (_, join) in PRINTERS.items() if join is sheet]


@pytest.mark.parametrize("name", [each for each in SHEETS if each != "csv"])
def test_two_equal_lines_of_a_bill_are_two_charges(name):
    rng = random.Random(name)
    row, _ = PRINTERS[name][0](rng, 1, False)
    payload = sheet(rng, [row, row])
    first, second = read_rows(name, payload)

    assert first.charge_id != second.charge_id
    assert [first.charge_id, second.charge_id] == [
        each.charge_id for each in read_rows(name, payload)
    ]


@pytest.mark.parametrize("name", SHEETS)
@pytest.mark.parametrize(
    "payload",
    [b"", b"\xff\xfe", b"a,a\n1,2\n", b"a,b\n1\n", b"a,b\n1,2,3\n", b'a,b\n"1'],
    ids=range(6),
)
def test_what_is_no_sheet_is_unreadable(name, payload):
    with pytest.raises(Unreadable):
        read_rows(name, payload, **settings(name))


DEEP = 950
RAW = [
    b"",
    b" \n ",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"null",
    b"17",
    b"[]",
    b"[",
    b"[1]",
    b"[null, {}]",
    b"{}",
    b"{}\n{}",
    b'{"data": 1}',
    b'{"data": {}}',
    b'{"data": [1, null, {}, {"results": 1}, {"results": [1, {}]}]}',
    b'{"data": [], "data": []}',
    b'{"data": [], "has_more": "yes"}',
    b'{"a": NaN}',
    b'{"a": 1e999999999}',
    b'{"a": ' + b"9" * 5_000 + b"}",
    b"[" * 100_000,
    b'{"a":' * 100_000,
    b'{"data": [{"results": [{"note": ' + b"[" * DEEP + b"]" * DEEP + b"}]}]}",
    b'{"usage": ' + b'{"tokens":' * DEEP + b"1" + b"}" * DEEP + b"}",
    b'{"call": {"id": "\\ud800"}, "response": {"model": "\\u0000"}}',
    b'a,b\n"',
    b"a,b\n\x00,1\n",
    b"\n\n\n",
    b",,,\n,,,\n",
]


@pytest.mark.parametrize("name", PRINTERS)
@pytest.mark.parametrize("payload", RAW, ids=range(len(RAW)))
def test_no_bytes_whatever_break_a_reader(name, payload):
    try:
        found = read_rows(name, payload, **settings(name))
    except Unreadable:
        return
    assert all(isinstance(each, READ) for each in found)

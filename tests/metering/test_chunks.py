"""A file in chunks: every row once, with its line, whatever stands between the rows."""

import json

import pytest

from contracting.metering.adapters import chunks
from contracting.metering.adapters.chunks import chunks_of_csv, chunks_of_json
from contracting.metering.adapters.cloudevents import read_batch
from contracting.metering.adapters.events import ReadEvent
from contracting.metering.adapters.files import read_back, read_file
from contracting.metering.adapters.registry import OWN
from tests.builders_metering import event

MARK = "\ufeff".encode()


def row(number):
    return json.dumps(event(number, order="ord_x")).encode()


def read(*lines):
    file = read_file([b"\n".join(lines)], OWN, read_batch)
    return file, [each for chunk in file.chunks for each in chunk_rows(chunk)]


def chunk_rows(chunk):
    if chunk.is_exact:
        return read_batch(chunk.content)
    return read_back(chunk.content)


def test_lines_without_a_row_are_no_chunk(monkeypatch):
    # Given more empty lines between two rows than a chunk may have bytes
    monkeypatch.setattr(chunks, "CHUNK_BYTES", 1_000)

    file, rows = read(row(1), *[b""] * 5_000, row(2))

    # Then there is no chunk without a row, which could not be counted
    assert [chunk.rows for chunk in file.chunks] == [1, 1]
    assert [chunk.first_line for chunk in file.chunks][0] == 1
    assert all(isinstance(each, ReadEvent) for each in rows)


@pytest.mark.parametrize(
    "strange", [MARK + b"[{}, {}]", MARK, MARK + b"[]", MARK * 2 + b"[1, 2]"]
)
def test_a_mark_of_the_byte_order_makes_no_array_of_a_line(strange):
    _file, rows = read(MARK + strange, row(2))

    assert [getattr(each, "code", "") for each in rows] == ["not_an_object", ""]


def test_rows_that_cannot_be_read_fill_a_chunk_as_well(monkeypatch):
    monkeypatch.setattr(chunks, "CHUNK_BYTES", 1_000)
    wide = b",".join([b"x" * 100] * 9) + b"\n"
    array = b"[" + b"1" * 600 + b"]\n"

    found = [chunk.rows for chunk in chunks_of_csv([b"a,b\n" + wide * 10])]
    arrays = [chunk.rows for chunk in chunks_of_json([b"{}\n" + array * 6])]

    assert (max(found), sum(found)) == (2, 10)
    assert (max(arrays), sum(arrays)) == (3, 7)

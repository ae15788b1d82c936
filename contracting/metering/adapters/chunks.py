"""A file of any length in chunks that an adapter reads: with the line of each row."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Final

from contracting.metering.adapters.events import MAX_BYTES, Unreadable
from contracting.metering.adapters.rows import split

CHUNK_ROWS: Final = 5_000
CHUNK_BYTES: Final = 8 * 1024 * 1024
LONGEST_LINE: Final = 8 * 1024 * 1024
"""A row may carry content, which is dropped; it is not much longer than that."""

_SPACE: Final = " \t\r\n"
_MARK: Final = "\ufeff"


@dataclass(slots=True)
class Chunk:
    """A payload that stands for itself, and where its rows stand in the file.

    :ivar lines: the line of each row of the payload, from 1
    :ivar strange: rows that no payload could have, by their line; they are no part of
        ``payload``
    :ivar is_verbatim: the payload is a piece of the file as it was sent
    """

    payload: bytes = b""
    lines: list[int] = field(default_factory=list)
    strange: dict[int, str] = field(default_factory=dict)
    first_line: int = 1
    is_verbatim: bool = False

    @property
    def rows(self) -> int:
        """How many rows there are in it."""
        return len(self.lines) + len(self.strange)


def chunks_of_json(pieces: Iterable[bytes]) -> Iterator[Chunk]:
    """The rows of NDJSON as they come; a JSON array is taken together first.

    :raises Unreadable: if a line is longer than any row, or the text is not UTF-8
    """
    lines = _lines(pieces)
    start: list[tuple[int, str]] = []
    for line in lines:
        start.append(line)
        if line[1].strip(_SPACE):
            break
    if start and start[-1][1].lstrip(_SPACE).startswith("["):
        yield from _of_array(_together(start[-1][1], lines))
    else:
        yield from _of_lines(chain(start, lines))


def _of_lines(lines: Iterator[tuple[int, str]]) -> Iterator[Chunk]:
    """A line that begins like an array is a row that is no object, not a batch.

    Lines without a row are no chunk, however many there are.
    """
    found, size, body = Chunk(is_verbatim=True), 0, []
    for number, text in lines:
        size += len(text)
        # Whoever reads the chunk takes a mark of the byte order off its beginning.
        if text.lstrip(_SPACE).startswith(("[", _MARK)):
            found.strange[number] = text
        else:
            body.append(text)
            if text.strip(_SPACE):
                found.lines.append(number)
        if found.rows == CHUNK_ROWS or size > CHUNK_BYTES:
            if found.rows:
                found.payload = "".join(body).encode()
                yield found
            found = Chunk(is_verbatim=True, first_line=number + 1)
            size, body = 0, []
    if found.rows:
        found.payload = "".join(body).encode()
        yield found


def chunks_of_csv(pieces: Iterable[bytes]) -> Iterator[Chunk]:
    """The records of a CSV file as they come, each chunk under the header.

    A record with another number of columns is a row that nobody can read.

    :raises Unreadable: if the file is no CSV, or the text is not UTF-8
    """
    raw: list[str] = []

    def remembered() -> Iterator[str]:
        for _, text in _lines(pieces):
            raw.append(text)
            yield text

    reader = csv.reader(remembered(), strict=True)
    names = next(_records(reader), None)
    if names is None:
        return
    header, at = "".join(raw), len(raw) + 1
    raw.clear()
    found, body, size = Chunk(first_line=at), [], 0
    for record in _records(reader):
        text, line = "".join(raw), at
        at += len(raw)
        raw.clear()
        if not record:
            continue
        size += len(text)
        if len(record) != len(names):
            found.strange[line] = text
        else:
            found.lines.append(line)
            body.append(text)
        if found.rows == CHUNK_ROWS or size > CHUNK_BYTES:
            found.payload = (header + "".join(body)).encode()
            yield found
            found, body, size = Chunk(first_line=at), [], 0
    if found.rows:
        found.payload = (header + "".join(body)).encode()
        yield found


def _records(reader: Iterator[list[str]]) -> Iterator[list[str]]:
    try:
        yield from reader
    except csv.Error as error:
        line = getattr(reader, "line_num", 0)
        message = f"Line {line}: the file is no CSV from here on: {error}."
        raise Unreadable(message) from error


def _lines(pieces: Iterable[bytes]) -> Iterator[tuple[int, str]]:
    """The lines with their numbers from 1 and with their ends."""
    number, rest, size = 0, [""], 0
    is_array: bool | None = None
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    try:
        for piece in pieces:
            *whole, last = decoder.decode(piece).split("\n")
            for text in whole:
                number += 1
                yield number, "".join([*rest, text, "\n"])
                rest, size, is_array = [], 0, is_array or False
            rest.append(last)
            size += len(last)
            if size > LONGEST_LINE:
                if is_array is None:
                    is_array = "".join(rest).lstrip(_SPACE).startswith("[")
                _not_longer(number + 1, size, is_array=is_array)
        rest.append(decoder.decode(b"", final=True))
    except UnicodeDecodeError as error:
        message = "The file is not UTF-8 text."
        raise Unreadable(message) from error
    if any(rest):
        yield number + 1, "".join(rest)


def _not_longer(line: int, size: int, *, is_array: bool) -> None:
    if not is_array:
        message = f"Line {line} is longer than any row can be."
        raise Unreadable(message)
    if size > MAX_BYTES:
        raise Unreadable(_ARRAY_TOO_LONG)


_ARRAY_TOO_LONG: Final = (
    f"A JSON array has at most {MAX_BYTES:,} bytes; send one row to a line."
)


def _together(first: str, lines: Iterator[tuple[int, str]]) -> bytes:
    found, size = [first], len(first)
    for _, text in lines:
        size += len(text)
        if size > MAX_BYTES:
            raise Unreadable(_ARRAY_TOO_LONG)
        found.append(text)
    return "".join(found).encode()


def _of_array(payload: bytes) -> Iterator[Chunk]:
    """The elements are numbered as rows: an array has no line of its own for each."""
    number, rows = 0, split(payload)
    while found := list(islice(rows, CHUNK_ROWS)):
        lines = list(range(number + 1, number + len(found) + 1))
        body = f"[{','.join(found)}]".encode()
        yield Chunk(body, lines, first_line=number + 1)
        number += len(found)

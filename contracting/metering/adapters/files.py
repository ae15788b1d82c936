"""A file of usage as it is read on receipt: checked rows in chunks, and its hash.

The file itself is never written. Of a format that cannot carry content the lines are
kept as they were sent, of any other the checked fields of each row; a refused row
leaves its code, its place and the hash of what it was.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import msgspec
import zstandard
from msgspec import Struct

from contracting.metering.adapters.adapter import CSV, Adapter
from contracting.metering.adapters.chunks import Chunk, chunks_of_csv, chunks_of_json
from contracting.metering.adapters.events import BadRow, ReadEvent, Unreadable
from contracting.metering.adapters.registry import OWN
from contracting.metering.adapters.rows import sha256_of
from contracting.metering.refusals import TooManyRows, UnreadableBatch
from contracting.metering.states import RowCode

MOST_ROWS: Final = 200_000
"""What the slowest adapter reads within the time that a request may take."""

Row = ReadEvent | BadRow
Reader = Callable[[bytes], list[Row]]


class KeptRow(Struct, omit_defaults=True):
    """A row of a file that waits to be counted, or was refused."""

    line: int
    call: ReadEvent | None = None
    bad: BadRow | None = None


@dataclass(frozen=True, slots=True)
class KeptChunk:
    """Some rows of a file as they are kept; ``packed`` with zstd while it is read."""

    rows: int
    first_line: int
    packed: bytes
    is_exact: bool

    @property
    def content(self) -> bytes:
        """What is kept of them."""
        return zstandard.ZstdDecompressor().decompress(self.packed)


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A whole file: SHA-256 and size as it was sent, unpacked, and its rows."""

    sha256: str
    size: int
    chunks: tuple[KeptChunk, ...]

    @property
    def rows(self) -> int:
        """How many rows it has."""
        return sum(each.rows for each in self.chunks)


def read_file(pieces: Iterable[bytes], adapter: Adapter, read: Reader) -> ReadFile:
    """Read a file as it comes; its rows are kept, the file itself is not.

    :param pieces: the file, in any pieces; read once
    :param read: reads a payload of the adapter's format
    :raises UnreadableBatch: if it is not of the format, is empty or too large
    """
    seen = _Seen()
    take = chunks_of_csv if adapter.media == CSV else chunks_of_json
    found: list[KeptChunk] = []
    total = 0
    try:
        for chunk in take(seen.through(pieces)):
            total += chunk.rows
            if total > MOST_ROWS:
                message = f"A file has at most {MOST_ROWS:,} rows; send it in parts."
                raise TooManyRows(message)
            found.append(_kept(chunk, adapter, read))
    except Unreadable as error:
        raise UnreadableBatch(str(error)) from error
    if not total:
        message = "The file has no row."
        raise UnreadableBatch(message)
    return ReadFile(seen.sha256.hexdigest(), seen.size, tuple(found))


class _Seen:
    """The hash and size of what has passed through."""

    def __init__(self) -> None:
        self.sha256 = hashlib.sha256()
        self.size = 0

    def through(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            self.sha256.update(piece)
            self.size += len(piece)
            yield piece


def _kept(chunk: Chunk, adapter: Adapter, read: Reader) -> KeptChunk:
    rows = read(chunk.payload) if chunk.lines else []
    if len(rows) != len(chunk.lines):
        message = (
            f"From line {chunk.first_line} on the rows cannot be told from each other."
        )
        raise Unreadable(message)
    is_exact = (
        adapter is OWN
        and chunk.is_verbatim
        and not chunk.strange
        and all(isinstance(row, ReadEvent) for row in rows)
    )
    content = chunk.payload if is_exact else _written(chunk, adapter, rows)
    packed = zstandard.ZstdCompressor().compress(content)
    return KeptChunk(chunk.rows, chunk.first_line, packed, is_exact)


def _written(chunk: Chunk, adapter: Adapter, rows: list[Row]) -> bytes:
    """The rows in the order of their lines, numbered anew, one to a line."""
    strange = RowCode.OTHER_COLUMNS if adapter.media == CSV else RowCode.NOT_AN_OBJECT
    placed: list[tuple[int, Row]] = [
        *zip(chunk.lines, rows, strict=True),
        *(
            (line, BadRow(0, "", strange.value, "", sha256_of(text)))
            for line, text in chunk.strange.items()
        ),
    ]
    placed.sort(key=lambda each: each[0])
    encoder = msgspec.json.Encoder()
    return encoder.encode_lines(
        _row(index, line, row, is_csv=adapter.media == CSV)
        for index, (line, row) in enumerate(placed)
    )


def _row(index: int, line: int, row: Row, *, is_csv: bool) -> KeptRow:
    if isinstance(row, ReadEvent):
        return KeptRow(line, call=msgspec.structs.replace(row, index=index))
    pointer = row.pointer
    if is_csv and pointer:
        # The adapter has counted the lines of its chunk.
        pointer = "/".join(["", str(line), *pointer.split("/")[2:]])[:120]
    return KeptRow(line, bad=BadRow(index, row.event_id, row.code, pointer, row.sha256))


_DECODER: Final = msgspec.json.Decoder(KeptRow)


def read_back(content: bytes) -> list[Row]:
    """The rows of a chunk of checked fields, as they were read."""
    found: list[Row] = []
    for each in _DECODER.decode_lines(content):
        row = each.call or each.bad
        if row is not None:
            found.append(row)
    return found

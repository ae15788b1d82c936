"""A ZIP archive, walked with limits of our own: nothing that it says is believed.

Own code, because a library reads the whole directory before anything can be counted.
Only what every program reads alike is taken: stored or deflated entries that follow
one another from the first byte to the directory, each named twice by the same name.
"""

from __future__ import annotations

import stat
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from contracting.documents.checking.findings import MEGABYTE, Budget, Unfit
from contracting.documents.checking.kinds import ZIP_END, ZIP_START

_DIRECTORY: Final = struct.Struct("<4s6H3I5H2I")
_LOCAL: Final = struct.Struct("<4s5H3I2H")
_END: Final = struct.Struct("<4s4H2IH")
_STEP: Final = 64 * 1024
_UTF8: Final = 0x800
_ENCRYPTED: Final = 0x1 | 0x40 | 0x2000
_STORED: Final = 0
_DEFLATED: Final = 8
_AES: Final = 99
_ANEW: Final = "Pack it anew with an ordinary program."


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the directory."""

    name: str
    raw_name: bytes
    method: int
    checksum: int
    packed: int
    unpacked: int
    offset: int

    @property
    def is_folder(self) -> bool:
        return self.name.endswith("/")


def damaged(found: str = "The archive is damaged or cut off.") -> Unfit:
    """It cannot be read to its end."""
    return Unfit("archive_damaged", found, "Nobody could read what is in it.", _ANEW)


def entries_of(content: bytes, budget: Budget) -> list[Entry]:
    """The directory of the archive, counted while it is read, in order of place.

    :raises Unfit: for too many entries, an entry that is none of ours to take, or a
        directory that does not fit what it lists
    """
    start, size, number = _end_of(content)
    budget.count_entries(number)
    found: list[Entry] = []
    at = start
    for _ in range(number):
        entry, at = _entry(content, at, start + size)
        found.append(entry)
    if at != start + size:
        raise damaged("The directory of the archive does not fit what it lists.")
    names = {entry.name.casefold().rstrip("/") for entry in found}
    if len(names) != len(found):
        raise damaged("Two entries of the archive have one name.")
    found.sort(key=lambda entry: entry.offset)
    return found


def _end_of(content: bytes) -> tuple[int, int, int]:
    """Where the directory starts, its size, and how many entries it has."""
    at = content.rfind(ZIP_END, max(0, len(content) - 65_557))
    if at < 0 or at + _END.size > len(content):
        raise damaged()
    _, disk, first, here, number, size, start, comment = _END.unpack_from(content, at)
    if 0xFFFF in (number, here) or 0xFFFFFFFF in (size, start):
        raise damaged("The archive is written for more than 4 GB.")
    if disk or first or here != number or at + _END.size + comment != len(content):
        raise damaged()
    if start + size != at:
        raise Unfit(
            "archive_hides_bytes",
            "Bytes that belong to no entry lie in the archive.",
            "They could be read as something else.",
            _ANEW,
        )
    return start, size, number


def _entry(content: bytes, at: int, end: int) -> tuple[Entry, int]:
    if at + _DIRECTORY.size > end:
        raise damaged()
    row = _DIRECTORY.unpack_from(content, at)
    mark, _by, _for, flags, method, _time, _date, checksum, packed, unpacked = row[:10]
    name_size, extra_size, comment_size, _disk, _inner, outer, offset = row[10:]
    body = at + _DIRECTORY.size
    after = body + name_size + extra_size + comment_size
    if mark != b"PK\x01\x02" or after > end:
        raise damaged()
    raw = content[body : body + name_size]
    name = raw.decode("utf-8" if flags & _UTF8 else "cp437", "replace")
    _require_ordinary(name, flags=flags, method=method, mode=outer >> 16)
    entry = Entry(name, raw, method, checksum, packed, unpacked, offset)
    return entry, after


def _require_ordinary(name: str, *, flags: int, method: int, mode: int) -> None:
    if flags & _ENCRYPTED or method == _AES:
        raise Unfit(
            "archive_encrypted",
            "It is protected by a password.",
            "Nobody who opens the offer has it, and it cannot be checked.",
            "Pack it without a password.",
        ).within(name)
    if method not in {_STORED, _DEFLATED}:
        raise damaged("It is packed by a method that not every program reads.").within(
            name
        )
    kind = stat.S_IFMT(mode)
    if kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
        raise Unfit(
            "archive_link",
            "It is a link or a device, not a file.",
            "Unpacked, it would point at somebody else's files.",
            "Pack the files themselves.",
        ).within(name)
    parts = name.replace("\\", "/").split("/")
    is_absolute = not parts[0] or ":" in parts[0]
    is_odd = any(ord(character) < 32 for character in name)
    if is_absolute or ".." in parts or is_odd:
        raise Unfit(
            "archive_path",
            "Its name leads out of the archive.",
            "Unpacked, it would overwrite somebody else's files.",
            "Pack the files with plain relative names.",
        ).within("".join(c for c in name if c.isprintable())[:120])


def contents_of(
    content: bytes, entries: list[Entry], budget: Budget
) -> Iterator[tuple[Entry, bytes]]:
    """Each file with its bytes, one at a time, inflated under the budget.

    :raises Unfit: where the entries overlap or leave gaps, or one is damaged
    """
    at = 0
    for entry in entries:
        if entry.offset != at:
            raise _overlap().within(entry.name)
        start = _start_of(content, entry)
        try:
            data = _inflated(content, start, entry, budget)
        except Unfit as unfit:
            raise unfit.within(entry.name) from None
        at = _next(content, start + entry.packed)
        if not entry.is_folder:
            yield entry, data
        elif data:
            raise damaged("A folder of the archive has content.").within(entry.name)
    if at != _end_of(content)[0]:
        raise _overlap()


def _overlap() -> Unfit:
    return Unfit(
        "archive_overlaps",
        "Its entries overlap, or bytes lie between them.",
        "So bombs are built, and files that read one way and another.",
        _ANEW,
    )


def _start_of(content: bytes, entry: Entry) -> int:
    if entry.offset + _LOCAL.size > len(content):
        raise damaged().within(entry.name)
    row = _LOCAL.unpack_from(content, entry.offset)
    mark, flags, method = row[0], row[2], row[3]
    name_size, extra_size = int(row[9]), int(row[10])
    body = entry.offset + _LOCAL.size
    named = content[body : body + name_size]
    if mark != ZIP_START or named != entry.raw_name or method != entry.method:
        raise damaged("The archive names an entry in two ways.").within(entry.name)
    if flags & _ENCRYPTED:
        raise damaged("The archive describes an entry in two ways.").within(entry.name)
    return body + name_size + extra_size


def _next(content: bytes, at: int) -> int:
    """Past the sizes that some programs write behind an entry."""
    if content[at : at + 4] == b"PK\x07\x08":
        return at + (16 if content[at + 16 : at + 18] == b"PK" else 24)
    if content[at : at + 2] != b"PK" and content[at + 12 : at + 14] == b"PK":
        return at + 12
    return at


def _inflated(content: bytes, start: int, entry: Entry, budget: Budget) -> bytes:
    """The bytes of an entry; inflating stops at the first limit that is passed."""
    end = start + entry.packed
    if end > len(content):
        raise damaged()
    if entry.method == _STORED:
        data = content[start:end]
        _count(len(data), len(data), entry, budget)
    else:
        data = _inflate(memoryview(content)[start:end], entry, budget)
    if len(data) != entry.unpacked or zlib.crc32(data) != entry.checksum:
        raise damaged()
    return data


def _inflate(packed: memoryview, entry: Entry, budget: Budget) -> bytes:
    unpacking, out = zlib.decompressobj(-15), bytearray()
    at, rest = 0, b""
    while not unpacking.eof:
        if not rest:
            rest = bytes(packed[at : at + _STEP])
            at += _STEP
        was_given = bool(rest)
        try:
            part = unpacking.decompress(rest, _STEP)
        except zlib.error:
            raise damaged() from None
        rest = unpacking.unconsumed_tail
        out += part
        _count(len(out), len(part), entry, budget)
        if not part and not was_given:
            break
    if not unpacking.eof or unpacking.unused_data or at < len(packed):
        raise damaged()
    return bytes(out)


def _count(so_far: int, more: int, entry: Entry, budget: Budget) -> None:
    budget.count_bytes(more)
    budget.count_ratio(so_far, entry.packed)
    largest = budget.limits.entry_bytes
    if so_far > largest:
        raise Unfit(
            "entry_too_large",
            f"It is larger than {largest // MEGABYTE} MB when unpacked.",
            "So large a file cannot be checked in time.",
            "Split it.",
        )

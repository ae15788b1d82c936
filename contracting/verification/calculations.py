"""What a file says of itself: its hash, its earlier states, the code that it names.

Pure, and quick on anything: nothing here takes a file for a PDF, and nothing is
unpacked beyond a few thousand bytes.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final
from urllib.parse import urlencode

from contracting.core.models import PUBLIC_ID_LENGTH
from contracting.documents.calculations import printed

MOST_STATES: Final = 16
"""So many earlier states of a file are looked up; each signature adds one."""

_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_CODE: Final = re.compile(rf"[0-9a-hjkmnp-tv-z]{{{PUBLIC_ID_LENGTH}}}")
_END: Final = re.compile(rb"%%EOF(?:\r\n|\r|\n)?")
_METADATA: Final = re.compile(
    rb"/Type\s*/Metadata\b[^>]{0,400}>>\s*stream\r?\n", re.DOTALL
)
_NAMED: Final = re.compile(
    rf"/verify/([0-9a-hjkmnp-tv-z]{{{PUBLIC_ID_LENGTH}}})(?![0-9a-z])".encode()
)
_MOST_METADATA: Final = 64 * 1024
_MOST_LOOKED_AT: Final = 8
# Read as they are meant: Crockford's alphabet has no letter that looks like a digit.
_MISREAD: Final = str.maketrans({"o": "0", "i": "1", "l": "1", "-": "", " ": ""})


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked about: a file by its hash, or a paper by its code.

    ``parts`` are the hashes of what the file was before something was added behind it;
    ``named`` is the code of the paper that it says it is.
    """

    sha256: str = ""
    code: str = ""
    parts: tuple[str, ...] = ()
    named: str = ""

    @property
    def path(self) -> str:
        """Where the answer stands."""
        more = [("part", part) for part in self.parts]
        more += [("named", self.named)] if self.named else []
        query = f"?{urlencode(more)}" if more else ""
        return f"/verify/{self.sha256 or self.code}{query}"


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signed a paper, in what capacity, and when, as the paper prints it.

    Without a name that party has not signed yet. ``version`` is the one that was signed
    where a record names it; ``record_sha256`` is the hash of that record.
    """

    name: str
    capacity: str
    signed_at: str
    version: int | None = None
    record_sha256: str = ""


def signers_in(context: Mapping[str, Any]) -> list[Signer]:
    """The signatures that the paper prints, in the order of its blocks."""
    zone = str(context.get("time_zone") or "")
    blocks = context.get("blocks") or {}
    given = [*blocks.values(), *(context.get("signatures") or [])]
    found = [_signer(each, zone) for each in given if isinstance(each, Mapping)]
    return list(dict.fromkeys(each for each in found if each is not None))


def signer_of(place: Mapping[str, Any], zone: str) -> Signer:
    """A place for a signature, with its approval record once it is signed."""
    record, party = place["record"], str(place["party"])
    if record is None:
        return Signer("", party, "")
    return Signer(
        name=printed(record["signer"]["name"]),
        capacity=printed(record["signer"]["title"]) or party,
        signed_at=printed(record["time"], zone=zone),
        version=int(record["version"]),
        record_sha256=place["approval"].sha256,
    )


def _signer(given: Mapping[str, Any], zone: str) -> Signer | None:
    name = printed(given.get("signed_by") or given.get("name"))
    at = printed(given.get("signed_at"), zone=zone)
    capacity = given.get("title") or given.get("capacity")
    return Signer(name, printed(capacity), at) if name and at else None


def question_of(content: bytes) -> Question:
    """What is asked about a file whose bytes are here; they are not kept."""
    whole = hashlib.sha256()
    parts, done, whole_size = [], 0, len(content)
    for end in _ends(content):
        whole.update(memoryview(content)[done:end])
        parts.append(whole.copy().hexdigest())
        done = end
    whole.update(memoryview(content)[done:whole_size])
    sha256 = whole.hexdigest()
    return Question(
        sha256=sha256,
        parts=tuple(each for each in parts if each != sha256),
        named=named_in(content),
    )


def question_from(token: str, parts: list[str], named: str) -> Question | None:
    """What an address asks about; ``None`` if it is neither a hash nor a code."""
    sha256, code = token.lower(), token.lower().translate(_MISREAD)
    known = tuple(each for each in parts[:MOST_STATES] if _SHA256.fullmatch(each))
    name = named if _CODE.fullmatch(named) else ""
    if _SHA256.fullmatch(sha256):
        return Question(sha256=sha256, parts=known, named=name)
    if _CODE.fullmatch(code):
        return Question(code=code)
    return None


def named_in(content: bytes) -> str:
    """The code that the file's metadata names; empty if there is none to be found."""
    for found in islice(_METADATA.finditer(content), _MOST_LOOKED_AT):
        packed = content[found.end() : found.end() + _MOST_METADATA]
        for words in (packed, _unpacked(packed)):
            named = _NAMED.search(words)
            if named:
                return named[1].decode()
    return ""


def _unpacked(packed: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(packed, _MOST_METADATA)
    except zlib.error:
        return b""


def _ends(content: bytes) -> list[int]:
    """Where earlier states may have ended: behind marks of an end, first and last ones.

    A writer may or may not break the line behind the mark, so that both are tried.
    """
    first: list[int] = []
    last: deque[int] = deque(maxlen=MOST_STATES // 2)
    for mark in _END.finditer(content):
        for end in sorted({mark.start() + len(b"%%EOF"), mark.end()}):
            if end < len(content):
                (first if len(first) < MOST_STATES // 2 else last).append(end)
    return [*first, *last]

"""Which calls are recounted: an HMAC under a committed key draws them, in order.

The list of what was drawn is kept on disk and is only added to: a call keeps its place
however often the files are read.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

_MILLION: Final = 1_000_000


class BadFile(Exception):
    """A file that is not what it should be; nothing of its text is repeated."""


def new_key(path: Path) -> str:
    """Write a new key, readable by its owner alone, and give back its commitment.

    :raises BadFile: if there is a file already
    """
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        message = f"{path} is there already; a key is never written over."
        raise BadFile(message) from error
    with os.fdopen(file, "w") as out:
        out.write(f"{secrets.token_hex(32)}\n")
    return commitment_of(read_key(path))


def read_key(path: Path) -> bytes:
    """The key of a file.

    :raises BadFile: if it is none
    """
    try:
        return bytes.fromhex(path.read_text().strip())
    except (OSError, ValueError) as error:
        message = f"{path} holds no key in hexadecimal digits."
        raise BadFile(message) from error


def commitment_of(key: bytes) -> str:
    """What Drawdown is told of a key before it draws anything: its SHA-256."""
    return hashlib.sha256(b"drawdown recount key\n" + key).hexdigest()


def proof_of(key: bytes, request_id: str) -> str:
    """The HMAC of a call's id, by which anyone who has the key sees it was drawn."""
    return hmac.new(key, request_id.encode(), hashlib.sha256).hexdigest()


def is_drawn(proof: str, rate: Decimal) -> bool:
    """Whether a call is of the sample, at a rate in millionths."""
    return int(proof[:16], 16) * _MILLION < int(rate * _MILLION) << 64


@dataclass(frozen=True, slots=True)
class Held:
    """A call that the agency holds: its id, its text, and what the vendor reported.

    ``text`` is ``None`` where it is lost, ``reported`` where it is not reported yet.
    """

    request_id: str
    text: str | None
    reported: int | None

    def __repr__(self) -> str:
        return f"Held({self.request_id!r})"


def read_calls(path: Path) -> Iterator[Held]:
    """The calls of a JSONL file, one object with ``request_id`` and ``text`` to a line.

    :raises BadFile: naming the line, and nothing of what stands on it
    """
    try:
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield _call(line, f"{path}, line {number}")
    except (OSError, UnicodeDecodeError) as error:
        message = f"{path} cannot be read as UTF-8 text."
        raise BadFile(message) from error


def _call(line: str, where: str) -> Held:
    try:
        said: Any = json.loads(line)
    except ValueError as error:
        message = f"{where}: this is no JSON."
        raise BadFile(message) from error
    if not isinstance(said, dict) or not isinstance(said.get("request_id"), str):
        message = f"{where}: an object with request_id is expected."
        raise BadFile(message)
    text, reported = said.get("text"), said.get("reported")
    is_count = isinstance(reported, int) and not isinstance(reported, bool)
    if not (text is None or isinstance(text, str)):
        message = f"{where}: text is a string, or null where it is lost."
        raise BadFile(message)
    if reported is not None and not (is_count and reported >= 0):
        message = f"{where}: reported is a whole number of tokens."
        raise BadFile(message)
    return Held(said["request_id"], text, reported)


class Places:
    """The place of each drawn call, from 1, in a file that is only added to."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._places: dict[str, int] = {}
        if path.exists():
            whole, _, torn = path.read_text(encoding="utf-8").rpartition("\n")
            if torn:
                # The machine stopped within a line: that call had no place yet.
                os.truncate(path, len(f"{whole}\n".encode()) if whole else 0)
            for number, line in enumerate(whole.splitlines(), start=1):
                self._places[line] = number

    def __len__(self) -> int:
        return len(self._places)

    def of(self, request_id: str) -> int | None:
        """The place of a call; ``None`` where it has none."""
        return self._places.get(request_id)

    def add(self, ids: list[str]) -> None:
        """Give the next places, and have them on disk before anything is counted."""
        new = [each for each in dict.fromkeys(ids) if each not in self._places]
        if not new:
            return
        with self._path.open("a", encoding="utf-8") as out:
            out.writelines(f"{each}\n" for each in new)
            out.flush()
            os.fsync(out.fileno())
        for each in new:
            self._places[each] = len(self._places) + 1

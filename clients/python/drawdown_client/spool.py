"""What must reach Drawdown, kept on disk until it has.

One file for each client that runs, in a folder that they share. A line is a record with
its checksum, written and synced before anything is said to be kept; a line that a crash
has torn is left out when the file is read again. Whoever runs holds the lock of its own
file. A file whose lock is free is of a client that is gone: the next one takes it over.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import threading
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from drawdown_client.errors import SpoolFull

MOST_BYTES: Final = 64 * 1024 * 1024
_COMPACT_ABOVE: Final = 1024 * 1024
_REFUSED: Final = "refused.jsonl"
_NEW: Final = ".new"


@dataclass(frozen=True, slots=True)
class Owed:
    """A request that Drawdown has to have, as often as it takes.

    :ivar name: of the call or batch; the same name is the same thing
    :ivar is_open: a call on the way; if its client dies, this is what is sent
    """

    name: str
    path: str
    body: str
    content_type: str = "application/json"
    is_open: bool = False


class Spool:
    """The file of one client.

    :param folder: shared by the clients of one gateway, on a disk that stays
    :param most_bytes: what may wait before no further call is begun
    """

    def __init__(self, folder: Path, *, most_bytes: int = MOST_BYTES) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder, self._most_bytes = folder, most_bytes
        self._lock = threading.Lock()
        self._owed: dict[str, Owed] = {}
        self._waiting = 0
        self._pid = os.getpid()
        self._path = folder / f"{secrets.token_hex(8)}.spool"
        self._file = _create(self._path)
        self._written = 0
        self._path.with_suffix(_NEW).replace(self._path)
        _sync_folder(folder)

    def open(self, owed: Owed) -> None:
        """Remember a call before it is made, with what is owed if nobody ends it.

        :raises SpoolFull: if too much waits already, or the disk takes no more
        """
        with self._lock:
            if self._waiting >= self._most_bytes:
                message = f"{self._waiting:,} bytes wait in {self._folder}."
                raise SpoolFull(message)
            try:
                self._put(owed)
            except OSError as error:
                raise SpoolFull(str(error)) from error

    def owe(self, owed: Owed, *, replaces: str = "") -> None:
        """Keep what has to be sent; it is taken however full the spool is.

        :param replaces: the name of what it stands for from now on
        :raises OSError: if the disk does not take it
        """
        with self._lock:
            self._put(owed, replaces)

    def done(self, name: str, arrived: Owed | None = None) -> None:
        """Forget what has arrived, or is not owed any more.

        :param arrived: what did; if something else is owed under the name by now, that
            is not forgotten
        """
        with self._lock:
            owed = self._owed.get(name)
            if owed is None or (arrived is not None and arrived != owed):
                return
            self._forget(name)
            # If this is lost, it is sent once more and is known there.
            self._append({"done": name}, is_synced=False)
            if self._written > _COMPACT_ABOVE and self._written > 4 * self._waiting:
                try:
                    self._compact()
                except OSError:  # the file that there is holds everything
                    self._path.with_suffix(_NEW).unlink(missing_ok=True)

    def later(self, owed: Owed) -> None:
        """Let whatever else waits go first: this one did not get through."""
        with self._lock:
            if self._owed.get(owed.name) == owed:
                self._owed[owed.name] = self._owed.pop(owed.name)

    def refused(self, owed: Owed, answer: str) -> None:
        """Set aside what will never be taken, with why; a person has to look at it."""
        line = json.dumps({"owed": _as_row(owed), "answer": answer[:2_000]})
        descriptor = os.open(
            self._folder / _REFUSED, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600
        )
        try:
            os.write(descriptor, f"{line}\n".encode())
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        self.done(owed.name, owed)

    def waiting(self) -> list[Owed]:
        """What has to be sent, the oldest first."""
        with self._lock:
            return [each for each in self._owed.values() if not each.is_open]

    def take_over(self) -> int:
        """Take what clients that are gone have left; how many requests that were.

        A call that one of them had open is owed as what it said for that case.
        """
        found = 0
        for path in sorted(self._folder.glob("*.spool")):
            if path == self._path:
                continue
            with _locked(path) as descriptor:
                if descriptor is None:
                    continue
                for owed in _read(path).values():
                    kept = Owed(owed.name, owed.path, owed.body, owed.content_type)
                    self.owe(kept)
                    found += 1
                path.unlink()
        return found

    def close(self) -> None:
        """Let go of the file; what is in it waits for whoever comes next."""
        with self._lock:
            if not self._owed:
                self._path.unlink(missing_ok=True)
            os.close(self._file)

    def _put(self, owed: Owed, replaces: str = "") -> None:
        row = _as_row(owed) | ({"replaces": replaces} if replaces else {})
        self._append(row, is_synced=True)
        if replaces:
            self._forget(replaces)
        self._forget(owed.name)
        self._owed[owed.name] = owed
        self._waiting += len(owed.body)

    def _forget(self, name: str) -> None:
        owed = self._owed.pop(name, None)
        if owed is not None:
            self._waiting -= len(owed.body)

    def _append(self, row: dict[str, Any], *, is_synced: bool) -> None:
        if self._pid != os.getpid():
            message = "A spool is of one process: make the client after the fork."
            raise RuntimeError(message)
        line = _line(row)
        start = os.lseek(self._file, 0, os.SEEK_END)
        try:
            if os.write(self._file, line) != len(line):
                message = "The disk is full."
                raise OSError(message)
            if is_synced:
                os.fsync(self._file)
        except OSError:
            os.ftruncate(self._file, start)
            raise
        self._written += len(line)

    def _compact(self) -> None:
        """Write what still waits anew, under the same name and lock."""
        lines = b"".join(_line(_as_row(owed)) for owed in self._owed.values())
        fresh = _create(self._path)
        try:
            if os.write(fresh, lines) != len(lines):
                message = "The disk is full."
                raise OSError(message)
            os.fsync(fresh)
            self._path.with_suffix(_NEW).replace(self._path)
        except OSError:
            os.close(fresh)
            raise
        os.close(self._file)
        self._file, self._written = fresh, len(lines)
        _sync_folder(self._folder)


def _as_row(owed: Owed) -> dict[str, Any]:
    return {
        "name": owed.name,
        "path": owed.path,
        "body": owed.body,
        "type": owed.content_type,
        "open": owed.is_open,
    }


def _line(row: dict[str, Any]) -> bytes:
    text = json.dumps(row, separators=(",", ":")).encode()
    return b"%08x %s\n" % (zlib.crc32(text), text)


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    """Its records but for what a crash has torn: that was never told to be kept."""
    for line in path.read_bytes().split(b"\n"):
        said, _, text = line.partition(b" ")
        if text and said == b"%08x" % zlib.crc32(text):
            yield json.loads(text)


def _read(path: Path) -> dict[str, Owed]:
    found: dict[str, Owed] = {}
    for row in _rows(path):
        if "done" in row:
            found.pop(row["done"], None)
            continue
        found.pop(row.get("replaces", ""), None)
        found.pop(row["name"], None)
        found[row["name"]] = Owed(
            row["name"], row["path"], row["body"], row["type"], row["open"]
        )
    return found


def _create(path: Path) -> int:
    """A new file, locked; it has its name only then, so that nobody finds it free."""
    flags = os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_APPEND
    descriptor = os.open(path.with_suffix(_NEW), flags, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return descriptor


class _locked:  # noqa: N801 (read as a verb)
    """The file of another, locked; ``None`` while its client still runs."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def __enter__(self) -> int | None:
        try:
            descriptor = os.open(self._path, os.O_RDWR)
        except FileNotFoundError:
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
        if not _is_still(self._path, descriptor):
            os.close(descriptor)
            return None
        self._descriptor = descriptor
        return descriptor

    def __exit__(self, *_error: object) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)


def _is_still(path: Path, descriptor: int) -> bool:
    """Whether the name still leads to what was locked."""
    try:
        return os.stat(path).st_ino == os.fstat(descriptor).st_ino
    except FileNotFoundError:
        return False


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

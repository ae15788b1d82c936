"""Child processes that end with their parent, however it ends."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from contracting.embedded.places import checkout
from contracting.embedded.processes import birth

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Child:
    """One process with a process group of its own, and the file that remembers it."""

    name: str
    process: subprocess.Popen[bytes]
    record: Path
    log: Path | None

    @classmethod
    def start(
        cls,
        name: str,
        command: list[str],
        *,
        state: Path,
        log: Path | None,
        keep: tuple[int, ...] = (),
    ) -> Child:
        """Start ``command``; it says what it has to say in ``log``, or here."""
        if log:
            log.parent.mkdir(parents=True, exist_ok=True)
        output = log.open("wb") if log else None
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            pass_fds=keep,
            start_new_session=True,
            preexec_fn=_end_with_parent,
        )
        if output:
            output.close()
        record = state / f"{name}.json"
        words = {
            "pid": process.pid,
            "birth": birth(process.pid),
            "checkout": checkout(),
        }
        record.write_text(json.dumps(words) + "\n")
        return cls(name, process, record, log)

    def ended(self) -> int | None:
        """The exit code, once it has one."""
        return self.process.poll()

    def ask_to_end(self) -> None:
        """Let it finish what it is doing."""
        if self.process.poll() is None:
            self.process.terminate()

    def make_end(self, *, within: float) -> None:
        """Give it that many seconds, then end its whole group."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=within)
        _end_group(self.process.pid)
        self.process.wait()
        self.record.unlink(missing_ok=True)


def end_strays(state: Path) -> None:
    """End what a killed predecessor has left running.

    The records that a copied checkout brought along are another's, and are thrown away.
    """
    for record in state.glob("*.json"):
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            words = json.loads(record.read_text())
            ours = words["checkout"] == checkout()
            if ours and words["birth"] and birth(words["pid"]) == words["birth"]:
                os.kill(words["pid"], signal.SIGTERM)
                _wait_for_the_end(words["pid"], words["birth"])
                _end_group(words["pid"])
        record.unlink(missing_ok=True)


def _wait_for_the_end(pid: int, began: str, *, seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while birth(pid) == began and time.monotonic() < end:
        time.sleep(0.05)


def _end_group(leader: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def _end_with_parent() -> None:
    """Ask Linux to end this process when its parent dies; others rely on the record."""
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)

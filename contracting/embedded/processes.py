"""Start, recognise and stop the processes of the embedded servers."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from contracting.embedded.places import (
    VAR,
    as_server_user,
    checkout,
    environment,
    give_up,
    socket_directory,
)

START_SECONDS = 60
STOP_SECONDS = 30


class Server(Protocol):
    """What a server says of itself, so that its process can be handled."""

    name: str
    socket: str
    stop_signal: signal.Signals
    data: Path
    pid_file: Path

    def prepare(self, sockets: Path) -> None:
        """Create what must exist before it starts."""

    def command(self, sockets: Path) -> list[str | Path]:
        """Its command line."""

    def directories(self) -> tuple[Path, Path]:
        """What its user must be able to reach."""

    def answers(self, sockets: Path) -> bool:
        """Whether it can be used."""

    def provision(self, sockets: Path) -> None:
        """Create what must exist in it."""

    def addresses(self, sockets: Path) -> dict[str, str]:
        """The environment variables that lead to it."""


@dataclass(frozen=True)
class Running:
    """A live server of this checkout: its process, when that began, and its sockets."""

    pid: int
    birth: str
    sockets: Path


def running_server(server: Server) -> Running | None:
    """The live server of this checkout, also one whose starter was killed.

    A checkout that was copied has copies of the record and of the pid file too; they
    tell of the other checkout's server and are not obeyed.
    """
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        words = json.loads(_record(server).read_text())
        known = Running(words["pid"], words["birth"], Path(words["sockets"]))
        ours = words["checkout"] == checkout()
        if ours and known.birth and birth(known.pid) == known.birth:
            return known
    pid = first_number(server.pid_file)
    began = birth(pid) if pid else None
    if pid and began and serves(pid, server.data):
        found = Running(pid, began, socket_directory())
        _remember(server, found)
        return found
    return None


def start(server: Server, sockets: Path) -> Running:
    """Start a server and wait until it answers.

    :raises SystemExit: with the end of its log, if it does not
    """
    log = VAR / "log" / f"{server.name}.log"
    log.parent.mkdir(exist_ok=True)
    too_long = log.exists() and log.stat().st_size > 5_000_000
    with log.open("wb" if too_long else "ab") as output:
        process = subprocess.Popen(
            server.command(sockets),
            **as_server_user(*server.directories()),
            cwd="/",
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            umask=0o077,
        )
    running = Running(process.pid, birth(process.pid) or "", sockets)
    _remember(server, running)
    wait_until(lambda: server.answers(sockets), running, seconds=START_SECONDS)
    if not server.answers(sockets):
        last_words = "\n".join(log.read_text(errors="replace").splitlines()[-8:])
        give_up(f"The embedded {server.name} does not start. {log} ends:\n{last_words}")
    return running


def stop(server: Server, running: Running) -> None:
    """Stop a server that this checkout started, and wait until it has gone."""
    for number in (server.stop_signal, signal.SIGQUIT):
        with contextlib.suppress(ProcessLookupError):
            os.kill(running.pid, number)
        if _gone(running, seconds=STOP_SECONDS):
            break
    _record(server).unlink(missing_ok=True)


def wait_until(ready: Callable[[], bool], running: Running, *, seconds: float) -> None:
    """Wait until the server is ready, its process ends, or the time is up."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and not ready():
        if _gone(running, seconds=0):
            return
        time.sleep(0.02)


def birth(pid: int) -> str | None:
    """When a live process began, so that a reused number is not mistaken for it."""
    if sys.platform != "linux":
        return _ps(pid, "lstart=") or None
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return None if words[0] in "ZX" else f"{boot} {words[19]}"


def command_line(pid: int) -> str:
    """The words a process was started with, or an empty text."""
    if sys.platform != "linux":
        return _ps(pid, "command=")
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


def exists(pid: int) -> bool:
    """Whether the number is taken, be it by a process that has ended."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def serves(pid: int, data: Path) -> bool:
    """Whether this process is the server of that data directory, and of no copy of it.

    Both servers work in their data directory. Where that cannot be looked at, the words
    decide that it was started with.
    """
    try:
        there = Path(f"/proc/{pid}/cwd").stat()
    except OSError:
        line = f" {command_line(pid)} "
        return f" {data} " in line or f"{socket_directory()}/" in line
    here = data.stat()
    return (there.st_dev, there.st_ino) == (here.st_dev, here.st_ino)


def works_in(directory: Path) -> bool:
    """Whether a process that can be looked at has this working directory."""
    for link in Path("/proc").glob("[0-9]*/cwd"):
        with contextlib.suppress(OSError):
            if link.readlink() == directory:
                return True
    return False


def first_number(path: Path) -> int | None:
    """The number that a pid file begins with."""
    try:
        return int(path.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return None


def _gone(running: Running, *, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while True:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(running.pid, os.WNOHANG)
        if birth(running.pid) != running.birth:
            return True
        if time.monotonic() >= end:
            return False
        time.sleep(0.01)


def _record(server: Server) -> Path:
    return VAR / f"embedded.{server.name}.json"


def _remember(server: Server, running: Running) -> None:
    words = {
        "pid": running.pid,
        "birth": running.birth,
        "sockets": str(running.sockets),
        "checkout": checkout(),
    }
    _record(server).write_text(json.dumps(words) + "\n")


def _ps(pid: int, what: str) -> str:
    shown = subprocess.run(
        ["ps", "-o", what, "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return shown.stdout.strip()

"""The embedded default: PostgreSQL and Valkey for one checkout, on private sockets.

Whoever needs a server and was given no address calls :func:`ensure`. It starts the
server, or joins the one that another process of this checkout started, and sets the
address in the environment before the settings are read. The last process to leave stops
what was started here; a server that was not started here is never touched.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import os
import signal
import sys
import threading
from collections.abc import Iterator

from contracting.embedded.places import VAR, give_up, socket_directory
from contracting.embedded.processes import (
    Server,
    running_server,
    start,
    stop,
    wait_until,
)
from contracting.embedded.servers import Postgres, Valkey

_joined: int | None = None


def ensure() -> None:
    """Provide the servers whose addresses the environment lacks, and set them there.

    Sets ``DATABASE_URL`` (the application's role), ``DATABASE_OWNER_URL`` (the role
    that owns the schema) and ``REDIS_URL``, each only when it was not given.

    :raises SystemExit: with one clear sentence, when a server cannot be provided
    """
    wanted: list[Server] = []
    if not os.environ.get("DATABASE_URL"):
        wanted.append(Postgres())
        if not os.environ.get("DRAWDOWN_DEMO"):
            os.environ.setdefault("DRAWDOWN_DEBUG", "1")
    if not os.environ.get("REDIS_URL"):
        wanted.append(Valkey())
    if not wanted:
        return
    try:
        with _one_at_a_time():
            _join()
            for server in wanted:
                os.environ.update(_run(server))
    except OSError as error:
        give_up(f"The embedded servers cannot be started: {error}.")


def _run(server: Server) -> dict[str, str]:
    """Join the running server, or start one. Returns the addresses to set."""
    running = running_server(server)
    if running:
        sockets = running.sockets
        if (sockets / server.socket).exists():
            wait_until(lambda: server.answers(sockets), running, seconds=10)
        if not server.answers(sockets):
            stop(server, running)
            running = None
    if running is None:
        sockets = socket_directory()
        server.prepare(sockets)
        running = start(server, sockets)
    server.provision(running.sockets)
    return server.addresses(running.sockets)


def _join() -> None:
    """Hold a shared lock for as long as this process lives."""
    global _joined
    if _joined is None:
        _joined = os.open(VAR / "embedded.lock", os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(_joined, fcntl.LOCK_SH)
        atexit.register(_leave, os.getpid())
        _leave_on_signals()


def _leave(member: int) -> None:
    """Let go of the lock; the last to leave stops the servers."""
    if _joined is None or os.getpid() != member:
        return  # a forked child, which never joined
    with contextlib.suppress(OSError), _one_at_a_time():
        try:
            fcntl.flock(_joined, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(_joined)
            return
        for server in (Valkey(), Postgres()):
            running = running_server(server)
            if running:
                stop(server, running)
        os.close(_joined)


def _leave_on_signals() -> None:
    """Turn the signals that would end this process at once into an orderly exit."""
    if threading.current_thread() is not threading.main_thread():
        return
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, lambda caught, _frame: sys.exit(128 + caught))


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Starting, joining and leaving never overlap between processes."""
    VAR.mkdir(exist_ok=True)
    turn = os.open(VAR / "embedded.turn", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield
    finally:
        os.close(turn)

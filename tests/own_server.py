"""A PostgreSQL server for one test alone, which that test may kill.

It is made of the embedded programs, with the finished database of the run in it. What
is acknowledged there is on disk, as in production.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
from django.db import connections

from contracting.embedded import processes
from contracting.embedded.places import VAR, make_directory
from contracting.embedded.servers import Postgres, _postgres_programs
from tests.databases import _owner_address, _template_name


@dataclass
class OwnServer:
    """A running server: kill it, start it again, and read what it has written down."""

    server: Postgres
    sockets: Path
    database: str
    killed: int = 0
    _running: processes.Running | None = field(default=None)

    @property
    def url(self) -> str:
        """The address of the application's role."""
        return f"postgresql://drawdown_app@/{self.database}?host={self.sockets}"

    def start(self) -> None:
        """Start it, after a crash too, and wait until it answers."""
        self.server.prepare(self.sockets)
        self._running = processes.start(self.server, self.sockets)

    def kill(self) -> None:
        """End every process of it at once; nothing is written to the end."""
        assert self._running is not None
        pid = self._running.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for each in (pid, *map(int, children)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(each, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, 0)
        self.killed += 1

    def stop(self) -> None:
        """Stop it as one stops a server."""
        if self._running is not None:
            processes.stop(self.server, self._running)

    @property
    def log(self) -> str:
        """What the server has written down since it was made."""
        return (VAR / "log" / f"{self.server.name}.log").read_text(errors="replace")


@pytest.fixture
def own_server(django_db_setup, django_db_blocker) -> Iterator[OwnServer]:
    """A server with a copy of the finished database, where every connection leads."""
    home = Path(tempfile.mkdtemp(prefix="ddn-", dir="/tmp")).resolve()  # noqa: S108
    home.chmod(0o755)  # noqa: S103 (what is inside is private)
    sockets = home / "s"
    make_directory(sockets)
    server = Postgres()
    server.name = f"postgres-{os.getpid()}"
    (home / "d").mkdir()
    shutil.chown(home / "d", *_owner_of(sockets))
    server.data = home / "d" / "postgres"
    server.pid_file = server.data / "postmaster.pid"
    (VAR / "log" / f"{server.name}.log").unlink(missing_ok=True)
    own = OwnServer(server, sockets, "storm")
    own.start()
    try:
        server.provision(sockets)
        _fill(own)
        with django_db_blocker.unblock(), _pointing_at(own):
            yield own
    finally:
        own.stop()
        shutil.rmtree(home, ignore_errors=True)


def _owner_of(place: Path) -> tuple[int, int]:
    about = place.stat()
    return about.st_uid, about.st_gid


def _fill(own: OwnServer) -> None:
    """Bring the finished database over, as its owner."""
    with psycopg.connect(
        host=str(own.sockets),
        user="drawdown_owner",
        dbname="drawdown",
        autocommit=True,
    ) as session:
        session.execute(f"CREATE DATABASE {own.database}")
    programs = _postgres_programs()
    dump = subprocess.Popen(
        [
            *(programs / "pg_dump", "--no-owner", "--format=plain"),
            f"--dbname={_with_database(_owner_address(), _template_name())}",
        ],
        stdout=subprocess.PIPE,
    )
    subprocess.run(
        [
            *(programs / "psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1"),
            *("--output=/dev/null", f"--host={own.sockets}"),
            *("--username=drawdown_owner", own.database),
        ],
        stdin=dump.stdout,
        check=True,
    )
    assert dump.wait() == 0


def _with_database(address: str, name: str) -> str:
    return psycopg.conninfo.make_conninfo(address, dbname=name)


@contextlib.contextmanager
def _pointing_at(own: OwnServer) -> Iterator[None]:
    """Every connection of this process, in every thread, leads to the server."""
    about = connections.settings["default"]
    before = {key: about[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")}
    connections["default"].close()
    about.update(
        NAME=own.database,
        USER="drawdown_app",
        PASSWORD="",
        HOST=str(own.sockets),
        PORT="",
    )
    try:
        yield
    finally:
        connections["default"].close()
        about.update(before)

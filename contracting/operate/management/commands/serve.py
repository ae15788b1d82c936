"""Serve the whole site on this machine: web, workers and schedule, ended together."""

from __future__ import annotations

import fcntl
import hashlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, TextIO

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import get_commands
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from contracting.operate.management import mark
from contracting.operate.management.children import Child, end_strays
from contracting.operate.management.demo_database import empty_the_site, is_embedded

PORTS_TRIED = 100
READY_SECONDS = 60
_CELERY = ["-m", "celery", "-A", "contracting"]
_QUIET = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
_PAPER_KILOBYTES = 400_000


class Command(BaseCommand):
    """``manage.py serve``: the web server, two workers and the schedule as children."""

    help = "Serve the site on 127.0.0.1 with its workers and schedule; Ctrl-C ends all."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the first port to try."""
        parser.add_argument(
            "--port", type=int, default=8000, help="the first port to try"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Prepare, start, announce, watch, end.

        :raises CommandError: if the site is already served from here, cannot start, or
            one of its processes ends by itself
        """
        # Whoever reads a log wants to know where the site is before it ends.
        getattr(sys.stdout, "reconfigure", lambda **_: None)(line_buffering=True)
        self._children: list[Child] = []
        self._asked_to_end = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self._asked_to_end.set())
        state = settings.BASE_DIR / "var" / "serve"
        state.mkdir(parents=True, exist_ok=True)
        with (state / "lock").open("a+") as lock:
            _insist_on_being_alone(lock)
            end_strays(state)
            try:
                self._serve(state, lock, first_port=options["port"])
            finally:
                self._end()

    def _serve(self, state: Path, lock: TextIO, *, first_port: int) -> None:
        self._forget_half_a_story()
        self._migrate()
        self._collect_static_files()
        listener = _listen(first_port)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        self._start_web(state, listener)
        listener.close()
        _wait_for_an_answer(address, self._children[0], self._asked_to_end)
        lock.truncate(0)
        lock.write(address)
        lock.flush()
        self.stdout.write(self.style.SUCCESS(f"Drawdown is served at {address}"))
        self.stdout.write(
            f"Ctrl-C ends it. What its processes say is in {state.parent / 'log'}."
        )
        self._start_gate(state, listener_port(address) + 1)
        self._start_workers(state)
        if not self._start_story(state):
            self._start_schedule(state)
        self._watch(state)

    def _forget_half_a_story(self) -> None:
        """Start with an empty world where the story was interrupted last time.

        A world in which anybody has done anything since is kept as it is.
        """
        if not settings.DEMO or not mark.is_unfinished():
            return
        if mark.somebody_was_here():
            self.stdout.write(
                "The story was interrupted last time. Somebody has worked here since, "
                "so the world is kept as it is, without the story's end."
            )
            return
        self.stdout.write("The story was interrupted last time: it begins anew.")
        mark.end()
        connection.close()
        empty_the_site()

    def _migrate(self) -> None:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self.stdout.write("Preparing the database …")
            self._run("migrate", "--verbosity", "0", "--no-input")

    def _collect_static_files(self) -> None:
        mark = settings.STATIC_ROOT / ".collected"
        wanted = _fingerprint_of_static_files()
        if mark.exists() and mark.read_text() == wanted:
            return
        self.stdout.write("Collecting static files …")
        self._run("collectstatic", "--verbosity", "0", "--no-input")
        mark.write_text(wanted)

    def _run(self, *words: str) -> None:
        done = subprocess.run([*_manage(), *words], check=False)
        if done.returncode:
            message = f"manage.py {words[0]} failed."
            raise CommandError(message)

    def _start_web(self, state: Path, listener: socket.socket) -> None:
        self._start(
            "web",
            ["-m", "gunicorn", "contracting.wsgi", "--no-control-socket"]
            + ["--worker-class", "gthread", "--workers", "2", "--threads", "4"]
            + ["--timeout", "60", "--graceful-timeout", "5", "--log-level", "warning"]
            + ["--bind", f"fd://{listener.fileno()}"],
            state,
            keep=(listener.fileno(),),
        )

    def _start_gate(self, state: Path, first_port: int) -> None:
        """Serve the doors that gateways wait for before every call."""
        listener = _listen(first_port)
        port = listener.getsockname()[1]
        listener.close()
        self._start(
            "gate",
            ["-m", "granian", "contracting.asgi:application", "--interface", "asgi"]
            + ["--workers", "1", "--host", "127.0.0.1", "--port", str(port)]
            + ["--no-ws", "--log-level", "warning"],
            state,
        )
        self.stdout.write(
            f"Gateways ask for funds at http://127.0.0.1:{port}/api/v1/funds:authorize"
        )

    def _start_workers(self, state: Path) -> None:
        paper = ["-P", "prefork", "-c", "1", "-Q", "paper", "-n", "paper@%h"]
        recycle = ["--max-memory-per-child", str(_PAPER_KILOBYTES)]
        work = ["-P", "threads", "-c", "4", "-n", "work@%h"]
        work += ["-Q", settings.CELERY_TASK_DEFAULT_QUEUE]
        worker = [*_CELERY, "worker", *_QUIET, "-l", "WARNING"]
        self._start("worker", worker + work, state)
        self._start("paper", worker + paper + recycle, state)

    def _start_schedule(self, state: Path) -> None:
        schedule = ["-s", str(state / "schedule"), "--pidfile", "", "-l", "WARNING"]
        self._start("beat", [*_CELERY, "beat", *schedule], state)

    def _start_story(self, state: Path) -> bool:
        """Play the demo's story beside the running site, if its world is empty.

        Returns whether it has begun. The schedule waits for its end: a nightly job
        would run through the story's nights. A server that is not ours is left alone.
        """
        if not settings.DEMO or "demo" not in get_commands():
            return False
        if get_user_model().objects.exists():
            return False
        if not is_embedded():
            self.stdout.write(
                "DATABASE_URL names a server of yours, so nothing is put into it. To "
                "tell the demo's story there, while this runs, in another terminal: "
                "DRAWDOWN_DEMO=1 .venv/bin/python manage.py demo --here --i-know"
            )
            return False
        story = [*_manage()[1:], "demo", "--here", "--papers-may-wait"]
        self._start("story", story, state, in_the_terminal=True)
        return True

    def _start(
        self,
        name: str,
        words: list[str],
        state: Path,
        *,
        keep: tuple[int, ...] = (),
        in_the_terminal: bool = False,
    ) -> None:
        child = Child.start(
            name,
            [sys.executable, *words],
            state=state,
            log=None if in_the_terminal else state.parent / "log" / f"{name}.log",
            keep=keep,
        )
        self._children.append(child)

    def _watch(self, state: Path) -> None:
        while not self._asked_to_end.wait(0.3):
            for child in list(self._children):
                code = child.ended()
                if code is None:
                    continue
                self._children.remove(child)
                child.make_end(within=0)
                if child.name != "story":
                    message = f"{child.name} ended by itself ({code}): see {child.log}."
                    raise CommandError(message)
                if code:
                    self.stderr.write(
                        "The story did not end as it should; the site goes on."
                    )
                self._start_schedule(state)

    def _end(self) -> None:
        """End every child, the last started first."""
        for child in reversed(self._children):
            child.ask_to_end()
        end = time.monotonic() + 12
        for child in reversed(self._children):
            child.make_end(within=max(0.0, end - time.monotonic()))


def listener_port(address: str) -> int:
    """The port of an address that we serve."""
    return int(address.rstrip("/").rpartition(":")[2])


def _insist_on_being_alone(lock: TextIO) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        address = lock.read().strip() or "an address that it will print"
        message = f"This checkout is already served, at {address}."
        raise CommandError(message) from None
    lock.truncate(0)


def _manage() -> list[str]:
    return [sys.executable, str(settings.BASE_DIR / "manage.py")]


def _listen(first_port: int) -> socket.socket:
    """A socket on the first free port: held from now on, so nobody else can take it.

    :raises CommandError: if none of the ports that are tried is free
    """
    for port in range(first_port, first_port + PORTS_TRIED):
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
            listener.listen(128)
        except OSError:
            listener.close()
            continue
        return listener
    message = f"No port from {first_port} to {first_port + PORTS_TRIED - 1} is free."
    raise CommandError(message)


def _wait_for_an_answer(address: str, web: Child, gave_up: threading.Event) -> None:
    """Wait until the first page is served.

    :raises CommandError: if the web server ends, or says nothing for a minute
    """
    end = time.monotonic() + READY_SECONDS
    place = address.removeprefix("http://").rstrip("/")
    while time.monotonic() < end and not gave_up.is_set():
        session = http.client.HTTPConnection(place, timeout=READY_SECONDS)
        try:
            session.request("GET", "/")
            session.getresponse().read()
        except OSError:
            if web.ended() is not None:
                break
            time.sleep(0.1)
        else:
            return
        finally:
            session.close()
    if not gave_up.is_set():
        message = f"The web server does not answer: see {web.log}."
        raise CommandError(message)


def _fingerprint_of_static_files() -> str:
    """What tells whether the collected files are those of this checkout."""
    digest = hashlib.sha256(str(settings.STATIC_ROOT).encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            about = os.stat(storage.path(path))
            digest.update(f"{path} {about.st_size} {about.st_mtime_ns}\n".encode())
    return digest.hexdigest()

"""A server is known again by its own checkout, and by no copy of it."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest

from contracting.embedded import places, processes
from contracting.embedded.processes import Running, birth, running_server
from contracting.operate.management.children import Child, end_strays

LONG = ["sleep", "600"]


@pytest.fixture
def at_work():
    """Start processes; each is ended with the test."""
    started = []

    def start(directory):
        process = subprocess.Popen(LONG, cwd=directory)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


@pytest.fixture
def stand_in(monkeypatch, tmp_path):
    """Work in a checkout of the test's own; called again, move into another."""

    def enter(root: Path) -> SimpleNamespace:
        for module in (places, processes):
            monkeypatch.setattr(module, "VAR", root / "var")
        monkeypatch.setattr(places, "ROOT", root)
        monkeypatch.setattr(
            processes, "socket_directory", lambda: Path("/nowhere") / root.name
        )
        data = root / "var" / "postgres"
        data.mkdir(parents=True, exist_ok=True)
        return SimpleNamespace(name="postgres", data=data, pid_file=data / "pid")

    return enter


@pytest.fixture
def served(stand_in, at_work, tmp_path):
    """A checkout whose server runs, with its record and its pid file."""
    server = stand_in(tmp_path / "main")
    process = at_work(server.data)
    server.pid_file.write_text(f"{process.pid}\n")
    running = Running(process.pid, birth(process.pid) or "", Path("/nowhere/main"))
    processes._remember(server, running)
    return SimpleNamespace(server=server, process=process, running=running)


def test_a_checkout_knows_its_server(served):
    assert running_server(served.server) == served.running


def test_a_checkout_knows_its_server_without_the_record(served):
    (places.VAR / "embedded.postgres.json").unlink()

    assert running_server(served.server) == served.running
    # and remembers it again
    record = json.loads((places.VAR / "embedded.postgres.json").read_text())
    assert record["checkout"] == places.checkout()


def test_a_copy_has_no_server_yet(served, stand_in, tmp_path):
    shutil.copytree(tmp_path / "main", tmp_path / "copy")

    assert running_server(stand_in(tmp_path / "copy")) is None
    assert served.process.poll() is None


def test_a_copy_in_the_place_of_the_original_has_no_server_yet(
    served, stand_in, tmp_path
):
    (tmp_path / "main").rename(tmp_path / "old")
    shutil.copytree(tmp_path / "old", tmp_path / "main")

    assert running_server(stand_in(tmp_path / "main")) is None


def test_a_server_that_has_ended_is_not_running(served):
    served.process.kill()
    served.process.wait()

    assert running_server(served.server) is None


def test_a_number_that_was_given_again_is_another_process(served, at_work, tmp_path):
    # Given a pid file whose number another program has by now, and no record
    other = at_work(tmp_path)
    served.server.pid_file.write_text(f"{other.pid}\n")
    (places.VAR / "embedded.postgres.json").unlink()

    assert running_server(served.server) is None


def test_a_record_that_is_no_record_is_ignored(served):
    for text in ("", "[]", "{}", '{"pid": 1}'):
        (places.VAR / "embedded.postgres.json").write_text(text)

        assert running_server(served.server) == served.running


# Children of a served site ----------------------------------------------------------


@pytest.fixture
def child(stand_in, tmp_path):
    stand_in(tmp_path / "main")
    state = tmp_path / "main" / "var" / "serve"
    state.mkdir()
    made = Child.start("web", LONG, state=state, log=None)
    yield made
    made.make_end(within=0)


def test_what_a_killed_predecessor_left_is_ended(child, tmp_path):
    end_strays(tmp_path / "main" / "var" / "serve")

    assert child.process.wait(timeout=10) != 0
    assert not child.record.exists()


def test_the_children_of_the_original_are_left_alone(child, stand_in, tmp_path):
    shutil.copytree(tmp_path / "main", tmp_path / "copy")
    stand_in(tmp_path / "copy")

    end_strays(tmp_path / "copy" / "var" / "serve")

    assert child.ended() is None
    assert list((tmp_path / "copy" / "var" / "serve").iterdir()) == []

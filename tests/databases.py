"""The databases of a test run.

One database is built by the migrations, as the owner, and kept under a name that
changes with whatever shapes it. Each run works on a copy of it, as the application's
role, and each test rolls back. A test with several real connections asks for
``own_database``: a copy of its own. Nothing is ever flushed and no trigger is ever
switched off.
"""

import functools
import hashlib
import itertools
import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg import sql

from manage import migrating_lightly
from tests.cast import build_cast
from tests.remembered import follow

ROOT = Path(__file__).resolve().parent.parent
SHAPED_BY = (
    "*/migrations/*.py",
    "*/*/migrations/*.py",
    "accounts/states.py",
    "contracting/*/states.py",
    "contracting/core/triggers.py",
    "contracting/reference/**/*",
    "requirements.txt",
    "tests/cast.py",
    "tests/databases.py",
)
_BUILDING = 8_819  # the key of the advisory lock under which the database is built
_copies = itertools.count(1)


@dataclass(frozen=True)
class OwnDatabase:
    """The name of a test's own database, and the address of the application's role."""

    name: str
    url: str


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker):
    """Point the run at a fresh copy of the migrated and seeded database."""
    with django_db_blocker.unblock():
        template = _migrated_database()
    name = f"{template}_{os.getpid()}"
    _copy(template, name)
    follow(name)
    with pointing_at(name):
        yield
    _drop(name)
    shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)


@pytest.fixture(scope="session")
def story_database(django_db_setup, django_db_blocker) -> Iterator[str]:
    """A database in which ``tests.story`` plays the demo's story, once for the run."""
    name = f"{_template_name()}_{os.getpid()}_{next(_copies)}"
    _copy(_template_name(), name)
    yield name
    _drop(name)


@pytest.fixture
def own_database(request, django_db_setup, django_db_blocker) -> Iterator[OwnDatabase]:
    """A database for this test alone, where its threads may open real connections.

    Everything is committed for real; fixtures that ask for ``db`` work on it too.
    """
    with (
        another_database() as database,
        django_db_blocker.unblock(),
        pointing_at(database.name),
    ):
        yield database


@contextmanager
def another_database() -> Iterator[OwnDatabase]:
    """A fresh copy of the finished database, dropped in the end."""
    template = _template_name()
    name = f"{template}_{os.getpid()}_{next(_copies)}"
    _copy(template, name)
    address = re.sub(r"/[^/?]*(\?|$)", rf"/{name}\1", _application_address(), count=1)
    try:
        yield OwnDatabase(name=name, url=address)
    finally:
        _drop(name)


@pytest.fixture
def _django_db_helper(request):
    """Roll the test back, unless it has a database of its own.

    A test that asks for ``told`` works, and is rolled back, in the story's world.
    """
    marker = request.node.get_closest_marker("django_db")
    if marker and (marker.kwargs.get("transaction") or marker.args):
        pytest.fail("ask for own_database: nothing here is ever flushed")
    if "own_database" in request.fixturenames:
        request.getfixturevalue("own_database")
        return
    if "told" in request.fixturenames:
        request.getfixturevalue("in_the_story")
    request.getfixturevalue("_django_db_helper")


@pytest.fixture
def in_the_story(story_database) -> Iterator[None]:
    """Every connection leads to the story's database."""
    with pointing_at(story_database):
        yield


@contextmanager
def pointing_at(name: str) -> Iterator[None]:
    """Every connection of this process, in every thread, leads to database ``name``."""
    about = connections.settings["default"]
    before = about["NAME"]
    connections["default"].close()
    about["NAME"] = name
    try:
        yield
    finally:
        connections["default"].close()
        about["NAME"] = before


@functools.cache
def _template_name() -> str:
    files = sorted(
        path
        for pattern in SHAPED_BY
        for path in ROOT.glob(pattern)
        if path.is_file() and path.suffix != ".pyc" and ".venv" not in path.parts
    )
    digest = hashlib.sha256()
    for path in files:
        digest.update(str(path.relative_to(ROOT)).encode())
        digest.update(path.read_bytes())
    return f"{settings.TEST_DATABASE}_{digest.hexdigest()[:8]}"


def _migrated_database() -> str:
    """The name of the finished database; builds it when it is missing."""
    name = _template_name()
    with _owner() as session:
        session.execute("SELECT pg_advisory_lock(%s)", [_BUILDING])
        _drop_old(session, keep=name)
        if name in _databases(session):
            return name
        unfinished = f"{name}_new"
        _execute(session, "DROP DATABASE IF EXISTS {} WITH (FORCE)", unfinished)
        _execute(
            session,
            "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'",
            unfinished,
        )
        _migrate(unfinished)
        _execute(session, "ALTER DATABASE {} RENAME TO {}", unfinished, name)
    return name


def _migrate(name: str) -> None:
    """Run the migrations as the owner, who grants the application its rights."""
    with _owner(name) as session:
        for rights in (
            "SELECT, INSERT, UPDATE, DELETE ON TABLES",
            "USAGE, SELECT ON SEQUENCES",
        ):
            grant = f"ALTER DEFAULT PRIVILEGES GRANT {rights} TO {{}}"
            _execute(session, grant, settings.DATABASES["default"]["USER"])
    about = connections.settings["default"]
    application = {key: about[key] for key in ("USER", "PASSWORD", "HOST", "PORT")}
    about.update(_owner_login())
    try:
        with pointing_at(name):
            with migrating_lightly():
                call_command("migrate", verbosity=0, interactive=False)
            build_cast()
    finally:
        about.update(application)


def _owner_login() -> dict[str, str]:
    words = psycopg.conninfo.conninfo_to_dict(_owner_address())
    return {
        "USER": str(words.get("user", "")),
        "PASSWORD": str(words.get("password", "")),
        "HOST": str(words.get("host", "")),
        "PORT": str(words.get("port", "")),
    }


def _owner_address() -> str:
    return settings.DATABASE_OWNER_URL or _application_address()


def _application_address() -> str:
    return os.environ["DATABASE_URL"]


def as_owner(database: str) -> psycopg.Connection:
    """A connection of the role that may change what a database of the tests is."""
    return _owner(database)


def _owner(database: str | None = None) -> psycopg.Connection:
    return psycopg.connect(_owner_address(), autocommit=True, dbname=database)


def _copy(template: str, name: str) -> None:
    with _owner() as session:
        _drop_now(session, name)
        _execute(session, "CREATE DATABASE {} TEMPLATE {}", name, template)
        _execute(session, "ALTER DATABASE {} SET synchronous_commit = off", name)
        # Tests have small tables: to start a parallel worker costs more than it saves.
        one_process = "ALTER DATABASE {} SET max_parallel_workers_per_gather = 0"
        _execute(session, one_process, name)


def _drop(name: str) -> None:
    with _owner() as session:
        _drop_now(session, name)


def _drop_now(session: psycopg.Connection, name: str) -> None:
    """Drop a database whatever is connected to it.

    The server's own vacuum may be at work there for a moment; its process belongs to
    the superuser and cannot be ended by us, so we wait for it.
    """
    for attempt in itertools.count(1):
        try:
            _execute(session, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        except psycopg.errors.InsufficientPrivilege:
            if attempt == 300:
                raise
            time.sleep(0.05)
        else:
            return


def _drop_old(session: psycopg.Connection, *, keep: str) -> None:
    """Drop what earlier runs have left, unless somebody is using it."""
    pattern = re.compile(rf"{settings.TEST_DATABASE}_[0-9a-f]{{8}}(_\d+)*(_new)?")
    for name in _databases(session):
        if name == keep or not pattern.fullmatch(name) or _is_in_use(name):
            continue
        try:
            _execute(session, "DROP DATABASE IF EXISTS {}", name)
        except psycopg.errors.ObjectInUse:
            continue


def _is_in_use(name: str) -> bool:
    """Whether the run that the name belongs to is still alive."""
    owner = re.search(r"_[0-9a-f]{8}_(\d+)", name)
    if owner is None:
        return False
    try:
        os.kill(int(owner[1]), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _databases(session: psycopg.Connection) -> list[str]:
    return [row[0] for row in session.execute("SELECT datname FROM pg_database")]


def _execute(session: psycopg.Connection, statement: str, *names: str) -> None:
    session.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

"""What the demo refuses before it has touched anything, and the mark of its story."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from accounts.models import User
from contracting.audit.models import AuditEvent
from contracting.audit.operations.record import record_event
from contracting.core import clock
from contracting.core.actors import SYSTEM
from contracting.core.subjects import Subject
from contracting.documents.events import DOCUMENT_RENDERED
from contracting.operate.management import demo_database, mark
from contracting.operate.management.commands import demo


@pytest.fixture
def somewhere_else(monkeypatch):
    """A server that is not this checkout's own."""
    for module in (demo, demo_database, mark):
        monkeypatch.setattr(module, "is_embedded", lambda: False)


@pytest.fixture
def nothing_is_made(db):
    before = User.objects.count(), AuditEvent.objects.count()
    yield
    assert (User.objects.count(), AuditEvent.objects.count()) == before


def test_no_story_where_this_is_no_demonstration(settings, nothing_is_made):
    settings.DEMO = False

    with pytest.raises(CommandError, match="DRAWDOWN_DEMO=1"):
        call_command("demo", "--here", "--i-know")


@pytest.mark.parametrize("words", [[], ["--here"]])
def test_no_story_on_a_server_of_yours_without_consent(
    words, settings, somewhere_else, nothing_is_made
):
    settings.DEMO = True

    with pytest.raises(CommandError, match="say --i-know"):
        call_command("demo", *words)


def test_no_story_where_somebody_is_already(settings, nothing_is_made):
    settings.DEMO = True

    with pytest.raises(CommandError, match="it holds people or events"):
        call_command("demo", "--here", "--i-know")


def test_no_migration_among_the_tables_of_others(
    monkeypatch, somewhere_else, nothing_is_made
):
    # Given a database with a table that is not ours
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE payroll (id int)")
    migrated: list = []
    monkeypatch.setattr(demo_database, "_migrate", migrated.append)
    monkeypatch.setattr(demo_database, "_SCHEMAS", "schemaname LIKE 'pg_temp%'")

    # Then the demo refuses it before it migrates
    with pytest.raises(CommandError, match="it holds the table payroll"):
        call_command("demo", "--i-know")
    assert migrated == []


@pytest.mark.parametrize("day", ["2025-12-27", "9999-12-31", "1999-01-01"])
def test_a_day_on_which_the_story_cannot_end(day, nothing_is_made):
    with pytest.raises(CommandError, match="The story cannot end on"):
        call_command("demo", "--anchor", day)


# The mark ---------------------------------------------------------------------------


@pytest.fixture
def var(settings, tmp_path, monkeypatch):
    """Where the marks of this checkout's own servers lie."""
    monkeypatch.setattr(mark, "is_embedded", lambda: True)
    settings.BASE_DIR = tmp_path
    return tmp_path / "var" / "serve"


def test_a_mark_is_of_one_database(db, var):
    assert not mark.is_unfinished()

    mark.begin()
    assert mark.is_unfinished()

    # A mark of another database says nothing about this one
    (path,) = var.iterdir()
    path.rename(path.with_name(path.name + "9"))
    assert not mark.is_unfinished()


def test_a_story_that_was_told_leaves_no_mark(db, var):
    mark.begin()
    mark.end()

    assert not mark.is_unfinished()
    assert list(var.iterdir()) == []


def test_a_server_of_yours_is_never_marked(db, var, somewhere_else):
    mark.begin()

    assert not var.exists()
    assert not mark.is_unfinished()


@pytest.fixture
def only_the_cast(db, var, monkeypatch):
    """A world in which the story's people are all there are."""
    people = {str(n): user for n, user in enumerate(User.objects.all())}
    monkeypatch.setattr(mark, "PARTS", people)
    mark.begin()
    return people


def test_the_story_alone_was_here(only_the_cast):
    assert not mark.somebody_was_here()


def test_a_worker_that_prints_the_papers_of_the_story_is_nobody(only_the_cast):
    record_event(
        DOCUMENT_RENDERED,
        subject=Subject(kind="documents.document", id=1, stream="system"),
        by=SYSTEM,
        at=clock.now(),
        data={},
    )

    assert not mark.somebody_was_here()


def test_somebody_logged_in(only_the_cast, client, cor):
    client.force_login(User.objects.get(pk=cor.user_id))

    assert mark.somebody_was_here()


def test_somebody_was_registered(only_the_cast):
    User.objects.create_user("new@example.test", None, name="New Person")

    assert mark.somebody_was_here()


def test_something_happened_since(only_the_cast, administrator):
    from accounts.operations.register_user import register_user

    made = register_user(
        email="x@example.test", name="X", by=administrator, at=clock.now()
    )
    only_the_cast["x"] = made

    assert mark.somebody_was_here()


def test_a_mark_that_cannot_be_read_protects_the_database(only_the_cast, var):
    (path,) = var.iterdir()
    path.write_text("")

    assert mark.somebody_was_here()

"""What watchdogs and machines read: is it alive, is it ready, what does a code mean?"""

import time

import pytest
from django.db import DatabaseError
from django.test import Client
from django.urls import reverse

from contracting.core.errors import Refusal
from contracting.desk import views


def test_the_process_is_alive_without_asking_anybody(monkeypatch):
    page = Client().get("/livez")

    assert (page.status_code, page.content) == (200, b"live\n")


@pytest.mark.django_db
def test_the_site_is_ready_when_every_migration_is_applied():
    page = Client().get("/readyz")

    assert (page.status_code, page.content) == (200, b"ready\n")


@pytest.mark.django_db
def test_the_site_is_not_ready_while_a_migration_waits(monkeypatch):
    wanted = views._wanted_migrations() | {("orders", "9999_later")}
    monkeypatch.setattr(views, "_wanted_migrations", lambda: wanted)

    page = Client().get("/readyz")

    assert page.status_code == 503
    assert b"1 migrations are not applied" in page.content
    assert page["Retry-After"]


@pytest.mark.django_db
def test_the_site_says_so_when_the_database_refuses(monkeypatch):
    def refuse(*_args):
        raise DatabaseError

    monkeypatch.setattr(views, "MigrationRecorder", refuse)

    assert Client().get("/readyz").status_code == 503
    monkeypatch.undo()
    assert Client().get("/readyz").status_code == 200


@pytest.mark.django_db
def test_a_database_that_hangs_does_not_hang_the_answer(monkeypatch):
    monkeypatch.setattr(views, "PATIENCE_SECONDS", 0.2)
    monkeypatch.setattr(views, "MigrationRecorder", Hanging)

    began = time.monotonic()
    first, second = (Client().get("/readyz") for _ in range(2))

    assert time.monotonic() - began < 0.9
    assert {first.status_code, second.status_code} == {503}
    answered_again()


class Hanging:
    """A record of migrations that takes a second to read."""

    def __init__(self, _connection):
        pass

    def applied_migrations(self):
        time.sleep(1)
        return {}


def answered_again():
    end = time.monotonic() + 5
    while views._asking.locked() and time.monotonic() < end:
        time.sleep(0.05)


def test_every_code_of_a_refusal_is_explained_where_a_problem_points():
    page = Client().get(reverse("desk:problems"))

    text = page.content.decode()
    assert page.status_code == 200
    codes = {problem["code"] for problem in page.context["problems"]}
    assert {"not_allowed", "stale", "busy", "form_token_missing"} <= codes
    assert codes >= {
        kind.code
        for kind in Refusal.__subclasses__()
        if kind.__module__.startswith("contracting.")
    }
    assert all(f'id="{code}"' in text for code in codes)
    assert all(each["meanings"][0] for each in page.context["problems"])


def test_what_people_with_disabilities_can_rely_on_is_public():
    page = Client().get(reverse("desk:accessibility"))

    assert page.status_code == 200
    assert b"WCAG 2.2" in page.content

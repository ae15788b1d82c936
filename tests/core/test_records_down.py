"""While the database cannot be reached, a machine is told to send it again."""

import pytest
from django.db import InterfaceError, OperationalError
from django.urls import reverse
from psycopg.errors import AdminShutdown, QueryCanceled

from contracting.core import clock, doors
from tests.cast import client_for, key_client, machine

BATCH = "/api/v1/usage/events:batch"


def down(**_asked):
    raise OperationalError("connection refused")


def caused(error, cause):
    error.__cause__ = cause
    return error


@pytest.mark.django_db
def test_a_batch_is_to_be_sent_again(monkeypatch):
    client = key_client(machine("gateway"))
    monkeypatch.setattr(clock, "now", down)

    answer = client.post(BATCH, b"{}", content_type="application/x-ndjson")

    assert (answer.status_code, answer["Retry-After"]) == (503, "1")
    assert answer["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert (body["code"], body["retryable"]) == ("database_down", True)


@pytest.mark.django_db
def test_a_page_says_that_nothing_was_done(monkeypatch, administrator):
    browser = client_for(administrator)
    browser.raise_request_exception = False
    monkeypatch.setattr(clock, "now", down)

    page = browser.post(reverse("accounts:register_user"), {"form_token": "a" * 32})

    assert page.status_code == 503
    assert page["Retry-After"] == "1"
    assert "whatever it had begun was undone" in page.content.decode()


def test_what_is_lost_and_what_is_only_slow_are_told_apart():
    lost = [
        OperationalError("connection refused"),
        InterfaceError("connection already closed"),
        caused(OperationalError("shut down"), AdminShutdown()),
    ]
    slow = caused(OperationalError("too slow"), QueryCanceled())

    for error in lost:
        assert isinstance(doors.refusal_of(error), doors.RecordsDown)
    assert doors.refusal_of(slow) is None

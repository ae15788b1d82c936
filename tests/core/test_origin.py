"""Reply, log and audit rows of one request name one id and one address."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from django.urls import reverse

from contracting.audit.models import AuditEvent
from contracting.celery import app
from contracting.core.origin import (
    Origin,
    OriginFilter,
    address_of,
    coming_from,
    current,
)
from tests.cast import client_for, submit

PERSON = {"email": "ada@agency.example.test", "name": "Ada"}


def test_what_a_page_records_bears_the_id_of_the_reply(administrator: Any) -> None:
    browser = client_for(administrator)

    answer = submit(browser, reverse("accounts:register_user"), PERSON)

    told = json.loads(AuditEvent.objects.latest("pk").payload)["from"]
    assert told == {
        "door": "page",
        "request": answer["X-Request-Id"],
        "ip": "127.0.0.1",
    }


def test_nothing_of_a_request_is_left_for_the_next() -> None:
    before = current()
    with coming_from(Origin(door="api", request_id="req_1", ip="192.0.2.1")):
        assert current().request_id == "req_1"

    assert current() == before


def test_a_line_of_the_log_bears_the_id() -> None:
    line = logging.makeLogRecord({})
    with coming_from(Origin(door="api", request_id="req_1")):
        OriginFilter().filter(line)

    assert line.__dict__["request_id"] == "req_1"


def test_a_task_says_which_message_it_came_in_with() -> None:
    @app.task(name="tests.where")
    def where() -> Origin:
        return current()

    assert where.apply(task_id="message-1").get() == Origin("task", "message-1")


@pytest.mark.parametrize(
    ("peer", "header", "proxies", "address"),
    [
        ("192.0.2.1", "", 0, "192.0.2.1"),
        ("192.0.2.1", "198.51.100.7", 0, "192.0.2.1"),
        ("192.0.2.1", "203.0.113.9, 198.51.100.7", 1, "198.51.100.7"),
        ("192.0.2.1", "198.51.100.7, 192.0.2.5", 2, "198.51.100.7"),
        ("192.0.2.1", "198.51.100.7", 2, "192.0.2.1"),
        ("", "", 0, ""),
        ("2001:DB8::1", "", 0, "2001:db8::1"),
        ("192.0.2.1", "<script>", 1, ""),
    ],
)
def test_only_our_own_proxies_are_believed(
    peer: str, header: str, proxies: int, address: str
) -> None:
    assert address_of(peer, header, proxies) == address

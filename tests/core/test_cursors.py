"""Pages of a list: each row once, and never a row that was not asked for."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from accounts.operations.issue_api_key import issue_api_key
from accounts.states import Scope
from contracting.core import clock
from contracting.reference.models import ListPrice
from tests.builders import MODEL, list_prices
from tests.cast import actor, days

PRICES = "/api/v1/list-prices"


def reader() -> Client:
    now = clock.now()
    issued = issue_api_key(
        organization_id=actor("administrator").own_organization_id,
        label="a reader",
        scopes=[Scope.REFERENCE_READ],
        expires_at=now + days(2),
        by=actor("administrator"),
        at=now,
    )
    return Client(headers={"Authorization": f"Bearer {issued.text}"})


def links(answer: Any) -> dict[str, str]:
    found = re.findall(r'<([^>]*)>; rel="(\w+)"', answer.get("Link", ""))
    return {name: address for address, name in found}


@pytest.fixture
def asking(db: None) -> Client:
    list_prices()
    return reader()


def test_the_next_page_is_of_the_same_filter(asking: Client) -> None:
    wanted = ListPrice.objects.filter(model__snapshot=MODEL).count()

    answer = asking.get(PRICES, {"model": MODEL, "limit": "2", "on": "2026-03-02"})
    rows = answer.json()["data"]
    while "next" in links(answer):
        answer = asking.get(links(answer)["next"])
        assert len(answer.json()["data"]) <= 2
        rows += answer.json()["data"]

    assert len(rows) == wanted > 2
    assert {row["model"] for row in rows} == {MODEL}


def test_a_cursor_without_its_filter_is_refused(asking: Client) -> None:
    first = asking.get(
        PRICES, {"model": MODEL, "limit": "2", "on": "2026-03-02"}
    ).json()
    cursor = first["page"]["next"]

    for other in ({}, {"model": "o3"}, {"model": MODEL}):
        answer = asking.get(PRICES, {**other, "cursor": cursor})

        assert answer.status_code == 400
        assert answer.json()["code"] == "bad_cursor"
        assert "filters" in answer.json()["detail"]


def test_the_page_before_is_the_page_that_was_before(asking: Client) -> None:
    first = asking.get(PRICES, {"limit": "3", "on": "2026-03-02"})
    second = asking.get(links(first)["next"])
    third = asking.get(links(second)["next"])

    back = asking.get(links(third)["prev"])
    start = asking.get(links(back)["prev"])

    assert "prev" not in links(first)
    assert first.json()["page"]["prev"] is None
    assert back.json()["data"] == second.json()["data"]
    assert start.json()["data"] == first.json()["data"]
    assert start.json()["page"]["prev"] is None
    assert start.json()["page"]["has_more"]


@pytest.mark.parametrize("limit", ["0", "201", "-1", "x", "9" * 5_000, "٣", ""])
def test_a_limit_that_is_none_is_refused(asking: Client, limit: str) -> None:
    assert asking.get(PRICES, {"limit": limit}).status_code == 400


def test_a_cursor_of_another_key_is_refused(asking: Client) -> None:
    first = asking.get(PRICES, {"limit": "3"}).json()

    answer = reader().get(PRICES, {"limit": "3", "cursor": first["page"]["next"]})

    assert answer.status_code == 400

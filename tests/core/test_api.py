"""What every endpoint shares: problems, bodies, cursors."""

from __future__ import annotations

import io
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from contracting.core.api import BodyTooLarge, refuse_too_large
from tests.cast import client_for, key_client

PROBLEM = "application/problem+json"
REPORTS = "/api/v1/orders/{}/usage-reports"

ADDRESSES_OF_NOTHING = [
    "/api/v1/nope",
    "/api/v2/",
    "/api/",
    "/api/v1/contracts/not-an-id",
    "/api/v1/contracts/%00",
    "/api/v1/orders/ord_00000000000000000000000000",
]

UNREADABLE = {
    "not JSON": b"{",
    "not UTF-8": b'{"version": "\xff\xfe"}',
    "a NUL": b'{"version": "a\\u0000b"}',
    "half a character": b'{"version": "\\ud800"}',
    "a number that is none": b'{"version": NaN}',
    "an endless number": b'{"version": ' + b"9" * 5_000 + b"}",
    "nested without end": b'{"version": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "nothing": b"",
}


@pytest.mark.parametrize("address", ADDRESSES_OF_NOTHING)
def test_an_address_that_leads_nowhere_is_a_problem(gateway: Any, address: str) -> None:
    answer = key_client(gateway).get(address)

    assert (answer.status_code, answer["Content-Type"]) == (404, PROBLEM)
    assert answer.json()["code"] == "not_found"
    assert answer.json()["request_id"] == answer["X-Request-Id"]


def test_a_page_that_leads_nowhere_is_still_a_page(cor: Any) -> None:
    answer = client_for(cor).get("/nope")

    assert answer.status_code == 404
    assert answer["Content-Type"].startswith("text/html")


def test_what_fails_on_our_side_is_a_problem_without_a_stack(
    gateway: Any, monkeypatch: Any
) -> None:
    from contracting.metering.api.batches import BatchesEndpoint

    def broken(*_: Any) -> None:
        raise RuntimeError("a secret of the house")

    monkeypatch.setattr(BatchesEndpoint, "get", broken)
    asking = key_client(gateway)
    asking.raise_request_exception = False

    answer = asking.get("/api/v1/usage/batches")

    assert (answer.status_code, answer["Content-Type"]) == (500, PROBLEM)
    assert answer.json()["code"] == "internal_error"
    assert "secret" not in answer.content.decode()


def test_a_page_that_fails_says_so_in_words(cor: Any, monkeypatch: Any) -> None:
    from contracting.desk.views import Search

    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("a secret of the house")

    monkeypatch.setattr(Search, "get", broken)
    browser = client_for(cor)
    browser.raise_request_exception = False

    answer = browser.get("/search")

    assert answer.status_code == 500
    assert "Something failed on our side" in answer.content.decode()


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_a_body_that_cannot_be_read_is_a_problem(
    vendor_a_machine: Any, body: bytes, settings: Any
) -> None:
    from contracting.core.api import NotJson, read_json

    with pytest.raises(NotJson):
        read_json(body)


def test_a_body_that_is_too_large_is_a_problem(gateway: Any, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100

    answer = key_client(gateway).post(
        "/api/v1/solicitations/sol_00000000000000000000000000/release",
        b'{"version": "' + b"1" * 200 + b'"}',
        content_type="application/json",
        headers={"Idempotency-Key": "a key of sixteen characters"},
    )

    assert answer["Content-Type"] == PROBLEM
    assert answer.status_code in {403, 404, 413}


def test_a_page_that_is_sent_too_much_says_413(cor: Any, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    browser = client_for(cor)

    answer = browser.post("/membership", {"membership": "x" * 200})

    assert answer.status_code == 413


@pytest.mark.parametrize("text", ["%00", "a%00b", "%ff%fe", "x" * 5_000, "%ed%a0%80"])
def test_whatever_is_searched_for_is_answered(db: None, text: str) -> None:
    assert Client().get(f"/search?q={text}").status_code < 500


def test_files_above_the_limit_of_all_are_refused_with_both_sizes(
    cor: Any, settings: Any
) -> None:
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1_000
    file = SimpleUploadedFile("list.csv", b"x" * 5_000, "text/csv")

    answer = client_for(cor).post(
        "/payment_exports/import_payment_status", {"file": file}
    )

    assert answer.status_code == 413
    said = answer.content.decode()
    assert "at most 1,000 are taken at once" in said
    assert "nothing was changed" in said


@pytest.mark.parametrize("is_told", [True, False])
def test_a_body_is_measured_before_it_is_read(settings: Any, is_told: bool) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    stream = io.BytesIO(b"x" * 101)
    headers = {"CONTENT_LENGTH": "101" if is_told else ""}
    request = SimpleNamespace(META=headers, _stream=stream)

    with pytest.raises(BodyTooLarge) as refusal:
        refuse_too_large(request)  # type: ignore[arg-type]

    assert refusal.value.data == {"size": 101, "limit": 100}
    assert stream.tell() == 0
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 101
    refuse_too_large(request)  # type: ignore[arg-type]

"""Whatever is sent by somebody who may send it, the site answers and never fails.

At each address that takes something, in a world where everything has happened, people
and machines inside send what no form would: NULs, endless texts, half characters.
"""

from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import NoReverseMatch

from tests.architecture.routes import Route
from tests.cast import client_for
from tests.journeys.test_outsiders_see_nothing import (
    CLOSED,
    INSIDERS,
    all_powerful,
    values,
    words_before_the_ids,
)

NASTY = (
    "a\x00b",
    "x" * 1_000_000,
    "\ud800",
    "9999-12-31",
    "1e999999",
    "NaN",
    "-99999999999999999999999999",
    "",
)
BODIES = (
    b"\x00",
    b'{"a": "\\u0000\\ud800"}',
    b"\xff\xfe\xfa",
    b"[" * 50_000,
    b'{"version": 1e999999, "rows": [{}], "lines": [{"tokens": 1e400}]}',
    b'{"version": 99999999999999999999999, "number": "a", "label": "a"}',
    b"null",
    b"[1]",
)
TYPES = ("application/json", "text/csv", "application/x-ndjson", "text/plain", "a/;b")
TAKES_NO_FORM = 405
READS_A_FORM = 200
FORM = "application/x-www-form-urlencoded"


def addresses(route: Route) -> list[str]:
    """Some addresses of things that are there."""
    if not route.ids:
        return [route.address()]
    if set(route.ids) - set(words_before_the_ids(route)):
        return [route.address()]
    words = words_before_the_ids(route)
    found = {name: values(words[name])[:3] for name in route.ids if words[name]}
    longest = max(len(ids) for ids in found.values())
    return [
        route.address(**{name: ids[n % len(ids)] for name, ids in found.items()})
        for n in range(longest)
        if all(found.values())
    ]


def filled(form: Any, text: str) -> dict[str, Any]:
    """The form with this text in every field."""
    return {form.add_prefix(name): text for name in form.fields}


def test_no_form_fails(told: Any) -> None:
    browsers = [client_for(told.cast.actors[part]) for part in INSIDERS]
    failed, tried = [], set()
    for route in CLOSED:
        if route.is_api:
            continue
        for address in _known(route):
            for browser in browsers:
                browser.raise_request_exception = False
                page = browser.get(address)
                form = _form_of(page)
                if form is None:
                    continue
                tried.add(route.name)
                token = page.context["form_token"]
                for text in NASTY:
                    status = _send(browser, address, filled(form, text), token)
                    if status >= 500:
                        failed.append(f"{route}: {text[:12]!r}: {status}")
                for bad_token in ("a\x00b", "x" * 300, "", "\ud800"):
                    status = _send(browser, address, filled(form, "1"), bad_token)
                    if status >= 500:
                        failed.append(f"{route}: token {bad_token[:12]!r}: {status}")
                break

    assert failed == []
    assert len(tried) > 20


def _form_of(page: Any) -> Any:
    """The form that this page sends, if it sends one."""
    if page.status_code != READS_A_FORM or "form_token" not in (page.context or ()):
        return None
    return page.context.get("form")


def _known(route: Route) -> list[str]:
    """What is there; of a draft's files, which are gone once it is sent, nothing is."""
    try:
        return addresses(route)
    except (KeyError, NoReverseMatch):
        return []


def _send(browser: Client, address: str, fields: dict[str, Any], token: str) -> int:
    sent = {
        name: value.encode("utf-8", "surrogatepass")
        for name, value in {**fields, "form_token": token}.items()
    }
    return browser.post(address, urlencode(sent), content_type=FORM).status_code


@pytest.mark.parametrize("part", ["administrator", "northlight_administrator"])
def test_no_endpoint_fails(told: Any, part: str) -> None:
    machine = all_powerful(told.cast.actors[part])
    machine.raise_request_exception = False
    failed = []
    for route in CLOSED:
        if not route.is_api:
            continue
        for address in _known(route)[:2]:
            for body in BODIES:
                for kind in TYPES:
                    answer = machine.post(
                        address,
                        body,
                        content_type=kind,
                        headers={"Idempotency-Key": "whatever is sent here"},
                    )
                    if answer.status_code >= 500:
                        failed.append(f"{route}: {body[:20]!r} as {kind}")
                    if answer.status_code == TAKES_NO_FORM:
                        break
                    if answer.status_code >= 400:
                        assert answer["Content-Type"] == "application/problem+json"

    assert failed == []

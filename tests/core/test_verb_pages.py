"""A verb's page: what is sent twice is done once, and a busy record says when."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from accounts.models import User
from accounts.refusals import StillRunning
from contracting.core import doors
from contracting.core.doors import Busy
from tests.cast import client_for

PAGE = reverse("accounts:register_user")
PERSON = {"email": "ada@agency.example.test", "name": "Ada"}


def test_a_form_that_comes_back_bears_the_token_it_was_sent_with(
    administrator: Any, monkeypatch: Any
) -> None:
    browser = client_for(administrator)
    token = browser.get(PAGE).context["form_token"]

    def busy(**_: Any) -> None:
        raise StillRunning("The first one is still being answered.")

    with monkeypatch.context() as first_is_running:
        first_is_running.setattr(doors, "_store", Claims(busy))
        answer = browser.post(PAGE, {**PERSON, "form_token": token})

    assert answer.status_code == 409
    assert answer["Retry-After"] == "1"
    assert answer.context["form_token"] == token


class Claims:
    """A store of keys in which every claim is refused."""

    def __init__(self, claim: Any) -> None:
        self.claim = claim


def test_sent_twice_with_one_token_is_done_once(administrator: Any) -> None:
    browser = client_for(administrator)
    token = browser.get(PAGE).context["form_token"]
    sent = {**PERSON, "form_token": token}

    answers = [browser.post(PAGE, sent) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert User.objects.filter(email=PERSON["email"]).count() == 1


@pytest.mark.parametrize("token", ["", "a\x00b", "x" * 300, "ünïcödé" * 4])
def test_a_token_that_no_page_has_borne_is_refused(
    administrator: Any, token: str
) -> None:
    browser = client_for(administrator)

    answer = browser.post(PAGE, {**PERSON, "form_token": token})

    assert answer.status_code == 400
    assert answer.context["form_token"] != token
    assert not User.objects.filter(email=PERSON["email"]).exists()


def test_what_may_be_tried_again_says_when() -> None:
    assert doors.retry_headers(Busy("busy")) == {"Retry-After": "1"}
    assert doors.retry_headers(StillRunning("running")) == {"Retry-After": "1"}
    assert doors.retry_headers(doors.Unstorable("no")) == {}

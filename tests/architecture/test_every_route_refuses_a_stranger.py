"""Whoever is not signed in is sent to login, or told 401, at every address."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from contracting.urls import PUBLIC_ROUTES
from tests.architecture.routes import patterns_without_a_name, routes

CLOSED = [route for route in routes() if route.name not in PUBLIC_ROUTES]
PAGES = [route for route in CLOSED if not route.is_api]
ENDPOINTS = [route for route in CLOSED if route.is_api]
NOT_FOR_THIS_METHOD = 405


@pytest.mark.django_db
@pytest.mark.parametrize("route", PAGES, ids=str)
def test_a_page_sends_a_stranger_to_login(route):
    logins = (reverse(settings.LOGIN_URL), reverse("admin:login"))
    answers = [Client().get(route.address()), Client().post(route.address())]

    sent = [answer for answer in answers if answer.status_code == 302]
    assert sent
    assert all(answer["Location"].startswith(logins) for answer in sent)
    others = {answer.status_code for answer in answers} - {302}
    assert others <= {NOT_FOR_THIS_METHOD}


@pytest.mark.django_db
@pytest.mark.parametrize("route", ENDPOINTS, ids=str)
def test_an_endpoint_tells_a_stranger_401(route):
    browser = Client()
    answers = [
        browser.get(route.address()),
        browser.post(route.address(), {}, content_type="application/json"),
    ]

    assert {answer.status_code for answer in answers} == {401}
    assert {answer["Content-Type"] for answer in answers} == {
        "application/problem+json"
    }


@pytest.mark.django_db
@pytest.mark.parametrize("route", ENDPOINTS, ids=str)
def test_an_endpoint_does_not_know_a_made_up_key(route):
    machine = Client(headers={"Authorization": "Bearer ddk_0123456789abcdef_made-up"})

    assert machine.get(route.address()).status_code == 401


def test_the_list_of_public_routes_names_only_routes():
    assert {route.name for route in routes()} >= PUBLIC_ROUTES


def test_every_address_has_a_name():
    assert patterns_without_a_name() == []

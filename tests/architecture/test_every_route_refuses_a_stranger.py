"""Whoever is not signed in is sent to login, or told 401, at every address."""

from django.conf import settings
from django.test import Client
from django.urls import reverse

from contracting.urls import PUBLIC_ROUTES
from tests.architecture.routes import Route, patterns_without_a_name, routes

CLOSED = [route for route in routes() if route.name not in PUBLIC_ROUTES]
PAGES = [route for route in CLOSED if not route.is_api]
ENDPOINTS = [route for route in CLOSED if route.is_api]
NOT_FOR_THIS_METHOD = 405


def test_every_page_sends_a_stranger_to_login(db):
    assert [str(route) for route in PAGES if not sends_to_login(route)] == []


def sends_to_login(route: Route) -> bool:
    """Whether reading and sending both lead to login, where the page takes them."""
    logins = (reverse(settings.LOGIN_URL), reverse("admin:login"))
    browser = Client()
    answers = [browser.get(route.address()), browser.post(route.address())]
    taken = [each for each in answers if each.status_code != NOT_FOR_THIS_METHOD]
    return bool(taken) and all(
        each.status_code == 302 and each["Location"].startswith(logins)
        for each in taken
    )


def test_every_endpoint_tells_a_stranger_401(db):
    assert [str(route) for route in ENDPOINTS if not says_401(route, Client())] == []


def test_no_endpoint_knows_a_made_up_key(db):
    machine = Client(headers={"Authorization": "Bearer ddk_0123456789abcdef_made-up"})

    assert [str(route) for route in ENDPOINTS if not says_401(route, machine)] == []


def says_401(route: Route, machine: Client) -> bool:
    """Whether reading and sending both answer 401, as a problem."""
    answers = [
        machine.get(route.address()),
        machine.post(route.address(), {}, content_type="application/json"),
    ]
    return all(
        each.status_code == 401 and each["Content-Type"] == "application/problem+json"
        for each in answers
    )


def test_the_list_of_public_routes_names_only_routes():
    assert PUBLIC_ROUTES - {route.name for route in routes()} == set()


def test_every_address_has_a_name():
    assert patterns_without_a_name() == []

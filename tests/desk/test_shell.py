"""What stands around every page: navigation, counts, ribbon, demo accounts."""

from datetime import date

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import resolve

from accounts.operations.delegate_review import delegate_review
from accounts.operations.grant_membership import grant_membership
from accounts.operations.register_user import register_user
from accounts.queries import DEMO_PASSWORD
from accounts.states import Role
from contracting.approvals.queries import waiting_for
from contracting.core.actors import ANONYMOUS, SYSTEM
from contracting.desk import queries
from contracting.desk.calculations import address
from contracting.desk.queries import navigation, reviews_waiting, shell
from contracting.desk.states import NAVIGATION, RIBBON
from tests.builders import solicitation_in_review
from tests.builders_orders import (
    concurred,
    issued_order,
    submitted_order,
)
from tests.cast import AT, actor, client_for

pytestmark = pytest.mark.django_db

REVIEWERS = (
    "technical_reviewer",
    "legal_reviewer",
    "security_reviewer",
    "finance_reviewer",
)


def request_of(acting, path="/"):
    request = RequestFactory().get(path)
    request.user = AnonymousUser()
    request.actor = acting  # type: ignore[attr-defined]
    request.resolver_match = resolve(path)
    return request


def labels(shown):
    return [entry["label"] for entry in shown["navigation"]]


def test_a_visitor_is_shown_what_is_public_without_a_question_to_the_database(
    django_assert_num_queries,
):
    request = request_of(ANONYMOUS)

    with django_assert_num_queries(0):
        shown = shell(request)

    assert labels(shown) == [
        "Opportunities",
        "Information requests",
        "Awards",
        "Log in",
    ]
    assert shown["ribbon"] == ""


def test_the_shell_asks_the_database_at_most_three_times():
    solicitation_in_review()

    for part in ("legal_reviewer", "contracting_officer", "auditor", "vendor_a_signer"):
        request = request_of(actor(part))
        with CaptureQueriesContext(connection) as asked:
            shell(request)
        assert len(asked) <= 3, part


@pytest.mark.parametrize("role", NAVIGATION)
def test_every_entry_of_the_navigation_leads_to_a_page(role):
    for entry in NAVIGATION[role]:
        assert address(entry.route), entry


def test_the_entry_above_the_page_is_the_current_one(contracting_officer):
    shown = navigation(contracting_officer, "/orders/ord_7k2m")

    assert [entry["label"] for entry in shown if entry["current"]] == ["Orders"]
    (desk,) = (e for e in navigation(contracting_officer, "/") if e["current"])
    assert desk["label"] == "Desk"


def test_unread_notices_are_counted_beside_the_inbox():
    issued_order()
    officer = actor("contracting_officer")

    shown = {entry["label"]: entry["count"] for entry in navigation(officer, "/")}

    page = client_for(officer).get("/inbox")
    assert shown["Inbox"] == page.context["unread"] > 0


def test_the_count_of_reviews_is_that_of_the_list_of_reviews():
    """At each step of an order's review, and while a package is in review beside it."""
    solicitation_in_review()
    counts_agree()
    order = submitted_order()
    counts_agree()
    order = concurred(order, ["technical_reviewer"])
    counts_agree()
    concurred(order, ["finance_reviewer"])
    counts_agree()


def counts_agree():
    for part in (*REVIEWERS, "other_agency_officer", "program_manager"):
        by = actor(part)
        assert reviews_waiting(by) == len(waiting_for(by, AT.date())), part


def test_reviews_of_a_colleague_are_counted_where_they_are_delegated():
    # Given a package that waits for the technical reviewer, who has delegated
    solicitation_in_review()
    legal, technical = actor("legal_reviewer"), actor("technical_reviewer")
    assert reviews_waiting(legal) == 0
    delegate_review(
        delegate_id=legal.own_membership_id,
        valid_from=date(2026, 1, 1),
        valid_to=date(2099, 1, 1),
        reason="Leave.",
        by=technical,
        at=AT,
    )

    # Then it is counted for both
    assert (reviews_waiting(legal), reviews_waiting(technical)) == (1, 1)


def test_a_count_that_cannot_be_read_is_left_out(monkeypatch, contracting_officer):
    def fail(_actor):
        raise DatabaseError

    monkeypatch.setattr(queries, "unread_count", fail)

    shown = navigation(contracting_officer, "/")

    assert {entry["count"] for entry in shown} == {0}


def test_a_page_that_fails_before_anybody_is_known_has_a_shell():
    request = RequestFactory().get("/")

    assert labels(shell(request)) == [
        "Opportunities",
        "Information requests",
        "Awards",
        "Log in",
    ]


def test_only_a_demonstration_has_a_ribbon_and_lists_its_accounts(agency, settings):
    user = register_user(
        email="dana@example.test", name="Dana", password="known", by=SYSTEM, at=AT
    )
    grant_membership(
        organization_id=agency.pk, user_id=user.pk, role=Role.COR, by=SYSTEM, at=AT
    )
    page = Client().get("/accounts/login/").content.decode()
    assert RIBBON not in page
    assert "Demo accounts" not in page

    settings.DEMO = True

    page = Client().get("/accounts/login/").content.decode()
    assert RIBBON in page
    assert DEMO_PASSWORD in page
    assert "dana@example.test" in page
    assert "ada.officer@example.test" not in page
    assert "Demo accounts" not in Client().get("/").content.decode()


def test_whoever_has_no_role_yet_is_shown_what_is_public(contracting_officer):
    nobody = type(contracting_officer)(kind="ANONYMOUS", name="Ada", user_id=1)

    assert [entry["label"] for entry in navigation(nobody, "/")] == [
        "Opportunities",
        "Information requests",
        "Awards",
    ]

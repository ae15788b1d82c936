"""An empty installation becomes a site that somebody can use, by its commands."""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from accounts.models import Membership, Organization, User
from accounts.states import Role
from contracting.approvals.queries import policies_of
from tests.cast import submit

EMAIL = "ada@new.example.test"


def run(*words: str) -> str:
    said = StringIO()
    call_command(*words, stdout=said)
    return said.getvalue()


@pytest.fixture
def set_up(db):
    run("create_organization", "agency", "New Agency", "--aac", "99n001")
    run("register_user", EMAIL, "Ada Example")
    run("grant_membership", EMAIL, "New Agency", "administrator")


def test_the_first_administrator_sets_a_password_and_goes_on(set_up, mailoutbox):
    # Given the commands of the runbook, Ada asks for the link of a first password
    browser = Client()
    browser.post(reverse("account_reset_password"), {"email": EMAIL})
    link = re.search(r"https?://[^/\s]+(/\S+)", mailoutbox[0].body)
    assert link is not None
    page = browser.get(link[1], follow=True)
    password = "a long enough pass phrase"  # noqa: S105
    browser.post(
        page.redirect_chain[-1][0], {"password1": password, "password2": password}
    )
    browser.post(reverse("account_login"), {"login": EMAIL, "password": password})

    # Then she can say who reviews what, and register a colleague
    adopted = submit(
        browser,
        reverse("approvals:adopt_policy"),
        {
            "kind": "task_order",
            "title": "Every task order",
            "min_value": "0",
            "valid_from": "2026-01-01",
            "legal": "1",
            "technical": "1",
        },
    )
    assert adopted.status_code == 303, adopted.context["form"].errors
    agency = Organization.objects.get(name="New Agency")
    (policy,) = policies_of(agency.pk)
    assert [step.review_field for step in policy.steps.all()] == ["LEGAL", "TECHNICAL"]
    shown = browser.get(reverse("approvals:policies")).content.decode()
    assert "Every task order" in shown

    registered = submit(
        browser,
        reverse("accounts:register_user"),
        {"email": "a+b@new.example.test", "name": "Bea"},
    )
    grant = browser.get(registered["Location"])
    assert grant.context["form"].initial["email"] == "a+b@new.example.test"


def test_the_commands_say_what_they_did(db):
    said = run("create_organization", "vendor", "New Vendor", "--cage", "6LDB2")
    assert "New Vendor is set up as org_" in said
    assert "/accounts/password/reset/" in run("register_user", EMAIL, "Vi")
    assert "is vendor administrator of New Vendor" in run(
        "grant_membership", EMAIL, "New Vendor", "vendor_administrator"
    )
    held = Membership.objects.get(user__email=EMAIL)
    assert held.role == Role.VENDOR_ADMINISTRATOR


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["create_organization", "agency", "New"], "activity address code"),
        (["create_organization", "vendor", "New", "--uei", "x"], "entity identifier"),
        (["register_user", "no address", "Ada"], "valid email"),
        (["grant_membership", "no@body.test", "New", "administrator"], "Nobody is"),
    ],
)
def test_a_command_that_is_refused_says_why(db, words, why):
    with pytest.raises(CommandError, match=why):
        run(*words)

    assert not User.objects.filter(name="Ada").exists()


def test_nobody_changes_the_address_they_log_in_with(set_up):
    browser = Client()
    browser.force_login(User.objects.get(email=EMAIL))

    assert browser.get("/accounts/email/").status_code == 404
    sent = browser.post("/accounts/email/", {"action_add": "", "email": "x@y.test"})
    assert sent.status_code in {404, 405}
    assert User.objects.get(name="Ada Example").email == EMAIL

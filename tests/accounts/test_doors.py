"""The pages of people, rights and keys, and how a machine shows its key."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth import SESSION_KEY as LOGGED_IN
from django.test import Client
from django.urls import reverse
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory

from accounts.models import ApiKey, Delegation, Membership, User, Warrant
from accounts.operations.delegate_review import delegate_review
from accounts.states import Role
from contracting.core.api import EndpointView
from tests.cast import (
    PARTS,
    PASSWORD,
    client_for,
    key_text,
    nothing_happens,
    person,
    submit,
)

PAGES = [
    "people",
    "register_user",
    "grant_membership",
    "delegations",
    "delegate_review",
    "api_keys",
    "issue_api_key",
]


class Echo(EndpointView):
    """An endpoint that says who asks."""

    scope_read = "usage:read"
    scope_write = "usage:write"

    def get(self, request):
        return Response({"name": self.actor.name, "counted_as": request.user.pk})

    def post(self, request):
        return Response({"name": self.actor.name})


def ask(text=None, method="get"):
    headers = {"Authorization": text} if text is not None else {}
    request = getattr(APIRequestFactory(headers=headers), method)("/echo")
    return Echo.as_view()(request)


def bearer(machine):
    return f"Bearer {key_text(machine)}"


def test_a_machine_with_its_key_is_known(gateway):
    answer = ask(bearer(gateway))

    assert answer.status_code == 200
    assert answer.data == {
        "name": "AI gateway",
        "counted_as": f"key-{gateway.key_id}",
    }


@pytest.mark.parametrize(
    "text",
    [
        None,
        "Basic YTpi",
        "Bearer",
        "Bearer ddk",
        "Bearer ddk_0000000000000000_wrong",
        "Bearer xxk_{lookup}_{secret}",
        "Bearer ddk_{lookup}_{secret}x",
        "Bearer ddk_{lookup}_",
    ],
)
def test_a_wrong_key_is_answered_401(gateway, text):
    if text is not None:
        _ddk, lookup, secret = bearer(gateway).removeprefix("Bearer ").split("_", 2)
        text = text.format(lookup=lookup, secret=secret)

    with nothing_happens():
        answer = ask(text)

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Bearer realm="api"'
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize("column", ["revoked_at", "expires_at"])
def test_a_revoked_or_expired_key_is_answered_401(gateway, column):
    long_ago = datetime(2026, 1, 1, tzinfo=UTC)
    ApiKey.objects.filter(pk=gateway.key_id).update(**{column: long_ago})

    assert ask(bearer(gateway)).status_code == 401


def test_a_key_without_the_scope_is_answered_403(vendor_a_machine, gateway):
    assert ask(bearer(vendor_a_machine)).status_code == 403
    assert ask(bearer(gateway), method="post").status_code == 200


def test_the_last_use_of_a_key_is_noted_once_a_minute(gateway):
    key = ApiKey.objects.filter(pk=gateway.key_id)

    def last_used(just_before=None):
        if just_before:
            key.update(last_used_at=just_before)
        ask(bearer(gateway))
        return key.get().last_used_at

    first = last_used()
    recently, long_ago = first - timedelta(seconds=50), first - timedelta(minutes=2)
    assert last_used(recently) == recently
    assert last_used(long_ago) >= first


@pytest.mark.parametrize("page", PAGES)
def test_nobody_reads_a_page_without_logging_in(db, page):
    answer = Client().get(reverse(f"accounts:{page}"))

    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("page", PAGES)
def test_an_officer_of_another_agency_gets_none_of_these_pages(
    other_agency_officer, page
):
    answer = client_for(other_agency_officer).get(reverse(f"accounts:{page}"))

    assert answer.status_code in {403, 404}
    assert b"Ada Officer" not in answer.content


def test_a_person_logs_in_with_address_and_password(cor):
    browser = Client()

    answer = browser.post(
        reverse("account_login"),
        {"login": PARTS["cor"].email, "password": PASSWORD},
    )

    assert answer.status_code == 302
    assert answer["Location"] == "/"
    assert browser.session[LOGGED_IN] == str(cor.user_id)


def test_nobody_signs_up(db):
    before = User.objects.count()

    answer = Client().post(
        reverse("account_signup"),
        {"email": "me@example.test", "password1": PASSWORD, "password2": PASSWORD},
    )

    assert b"administrator" in answer.content
    assert User.objects.count() == before


class TestSomebodyWithTwoRoles:
    """A person with two roles chooses before anything else."""

    @pytest.fixture
    def browser(self, legal_reviewer):
        self.second = Membership.objects.create(
            user=person(legal_reviewer),
            organization_id=legal_reviewer.organization_id,
            role=Role.AUDITOR,
        )
        browser = Client()
        browser.force_login(person(legal_reviewer))
        return browser

    def test_is_led_to_the_choice_and_back(self, browser, legal_reviewer):
        # Given somebody who opens a page before having chosen
        led = browser.get("/people/")
        choice = reverse("accounts:choose_membership")
        assert led.status_code == 302
        assert led["Location"] == f"{choice}?next=/people/"

        # When they choose the second role
        done = submit(browser, led["Location"], {"membership": self.second.public_id})

        # Then they are back at the page, in that role
        assert done.status_code == 303
        assert done["Location"] == "/people/"
        assert b"Ada Officer" in browser.get("/people/").content

    def test_is_never_led_elsewhere(self, browser):
        address = reverse("accounts:choose_membership") + "?next=https://evil.test/"

        done = submit(browser, address, {"membership": self.second.public_id})

        assert done["Location"] == "/"

    def test_cannot_choose_the_role_of_somebody_else(self, browser, cor):
        other = Membership.objects.get(pk=cor.membership_id).public_id

        with nothing_happens():
            done = submit(
                browser,
                reverse("accounts:choose_membership"),
                {"membership": other},
            )

        assert done.status_code == 422

    def test_chooses_after_the_login(self, browser):
        login = {"login": PARTS["legal_reviewer"].email, "password": PASSWORD}

        answer = Client().post(reverse("account_login"), login)

        assert answer["Location"] == reverse("accounts:choose_membership")


def test_an_administrator_registers_a_person_and_gives_a_role(administrator, agency):
    browser = client_for(administrator)

    # When the administrator registers somebody and follows the link to the next step
    new = {"name": "Nia Newcomer", "email": "nia@example.test"}
    registered = submit(browser, reverse("accounts:register_user"), new)
    assert "email=nia@example.test" in registered["Location"]
    role = {"email": "nia@example.test", "role": "REVIEWER", "review_field": "LEGAL"}
    granted = submit(browser, registered["Location"], role)

    # Then the person stands on the page of people
    assert granted.status_code == 303
    page = browser.get(granted["Location"]).content.decode()
    assert "Nia Newcomer" in page
    assert "Legal reviewer" in page


def test_a_refusal_is_shown_beside_what_was_typed(administrator):
    with nothing_happens():
        answer = submit(
            client_for(administrator),
            reverse("accounts:grant_membership"),
            {"email": "nobody@example.test", "role": "COR"},
        )

    assert answer.status_code == 422
    assert b"Nobody is registered as nobody@example.test." in answer.content
    assert b'value="nobody@example.test"' in answer.content


def test_a_role_is_taken_away_on_its_page(administrator, cor):
    membership = Membership.objects.get(pk=cor.membership_id)
    url = reverse("accounts:revoke_membership", args=[membership.public_id])

    done = submit(client_for(administrator), url, {"reason": "moved on"})

    assert done.status_code == 303
    membership.refresh_from_db()
    assert not membership.is_active


def test_a_warrant_is_recorded_and_revoked_on_its_pages(
    administrator, second_contracting_officer
):
    browser = client_for(administrator)
    officer = Membership.objects.get(pk=second_contracting_officer.membership_id)

    recorded = submit(
        browser,
        reverse("accounts:issue_warrant", args=[officer.public_id]),
        {
            "number": "W-7",
            "limit": "25000.00",
            "valid_from": "2026-03-01",
            "valid_to": "2027-02-28",
        },
    )
    warrant = Warrant.objects.get(number="W-7")
    assert recorded.status_code == 303
    assert "$25,000.00" in browser.get(recorded["Location"]).content.decode()

    url = reverse("accounts:revoke_warrant", args=[warrant.public_id])
    assert submit(browser, url, {"reason": "left"}).status_code == 303
    warrant.refresh_from_db()
    assert warrant.revoked_on is not None


def test_the_people_of_another_organization_answer_404(
    vendor_a_administrator, cor, contracting_officer
):
    browser = client_for(vendor_a_administrator)
    stranger = Membership.objects.get(pk=cor.membership_id)
    warrant = Warrant.objects.get(number="W-0001")

    for url in (
        reverse("accounts:revoke_membership", args=[stranger.public_id]),
        reverse("accounts:issue_warrant", args=[stranger.public_id]),
        reverse("accounts:revoke_warrant", args=[warrant.public_id]),
    ):
        assert browser.get(url).status_code == 404
        assert browser.post(url, {"reason": "x"}).status_code == 404


def test_a_reviewer_delegates_and_takes_back_on_the_pages(
    legal_reviewer, security_reviewer
):
    browser = client_for(legal_reviewer)
    colleague = Membership.objects.get(pk=security_reviewer.membership_id)

    given = submit(
        browser,
        reverse("accounts:delegate_review"),
        {
            "delegate": colleague.public_id,
            "valid_from": "2099-01-01",
            "valid_to": "2099-01-05",
            "reason": "leave",
        },
    )
    assert given.status_code == 303
    page = browser.get(given["Location"]).content.decode()
    assert "Gus Security" in page

    delegation = Delegation.objects.get()
    url = reverse("accounts:revoke_delegation", args=[delegation.public_id])
    assert submit(browser, url).status_code == 303
    delegation.refresh_from_db()
    assert delegation.revoked_at is not None


def test_a_delegation_of_others_answers_404(
    legal_reviewer, security_reviewer, finance_reviewer, other_agency_officer, at
):
    delegation = delegate_review(
        delegate_id=security_reviewer.membership_id,
        valid_from=at.date(),
        valid_to=at.date(),
        reason="leave",
        by=legal_reviewer,
        at=at,
    )
    url = reverse("accounts:revoke_delegation", args=[delegation.public_id])

    for outsider in (finance_reviewer, other_agency_officer):
        assert client_for(outsider).post(url).status_code == 404


def test_the_text_of_a_key_is_shown_once(administrator):
    browser = client_for(administrator)
    form = {"label": "night", "scopes": ["usage:write"], "sources": "n1, n2", "days": 9}
    address = reverse("accounts:issue_api_key")

    # When a key is issued
    issued = submit(browser, address, form)

    # Then this one reply shows its text, which the machine can use at once
    assert issued.status_code == 201
    [text] = re.findall(r"ddk_[0-9a-f]{16}_[\w-]{43}", issued.content.decode())
    assert ask(f"Bearer {text}", method="post").status_code == 200
    assert ApiKey.objects.get(label="night").sources == ["n1", "n2"]

    # And neither the list nor the session ever shows it again
    secret = text.split("_", 2)[2]
    assert secret not in browser.get(reverse("accounts:api_keys")).content.decode()
    assert secret not in str(dict(browser.session))


def test_a_form_that_is_sent_twice_issues_one_key(administrator):
    browser = client_for(administrator)
    address = reverse("accounts:issue_api_key")
    form = {"label": "night", "scopes": ["usage:write"], "sources": "", "days": 9}
    form["form_token"] = browser.get(address).context["form_token"]

    answers = [browser.post(address, form).status_code for _ in range(2)]

    assert answers == [201, 303]
    assert ApiKey.objects.filter(label="night").count() == 1


def test_a_key_is_revoked_on_its_page(administrator, gateway):
    key = ApiKey.objects.get(pk=gateway.key_id)

    done = submit(
        client_for(administrator),
        reverse("accounts:revoke_api_key", args=[key.public_id]),
    )

    assert done.status_code == 303
    assert ask(bearer(gateway)).status_code == 401


@pytest.mark.rule("R-ROL-07", case="refused")
def test_a_key_of_another_tenant_answers_404(vendor_b_administrator, vendor_a_machine):
    key = ApiKey.objects.get(pk=vendor_a_machine.key_id)
    url = reverse("accounts:revoke_api_key", args=[key.public_id])
    browser = client_for(vendor_b_administrator)

    with nothing_happens():
        assert browser.get(url).status_code == 404
        assert browser.post(url).status_code == 404


@pytest.mark.rule("R-ROL-07", case="allowed")
def test_a_key_of_ones_own_tenant_is_shown(vendor_a_administrator, vendor_a_machine):
    key = ApiKey.objects.get(pk=vendor_a_machine.key_id)
    url = reverse("accounts:revoke_api_key", args=[key.public_id])

    assert client_for(vendor_a_administrator).get(url).status_code == 200

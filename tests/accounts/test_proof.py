"""An act that binds asks for the password when it was given too long ago."""

import time

import pytest
from django.urls import reverse

from contracting.core import clock
from contracting.market_research.states import RfiState
from tests.builders_market import drafted_rfi
from tests.cast import PASSWORD, client_for, nothing_happens, submit

AGE = "account_authentication_methods"
SEEN = {"seen_version": 1}


@pytest.fixture
def rfi(db):
    return drafted_rfi(clock.now())


@pytest.fixture
def url(rfi):
    return reverse("market_research:release_rfi", args=[rfi.public_id])


@pytest.fixture
def browser(contracting_officer):
    """A browser in which the officer logged in an hour ago."""
    browser = client_for(contracting_officer)
    session = browser.session
    session[AGE] = [{"method": "password", "at": time.time() - 3600}]
    session.save()
    return browser


def test_who_logged_in_an_hour_ago_binds_with_the_password(
    browser, rfi, url, contracting_officer, other_agency_officer
):
    # Given a page that asks for it, which it does not do after a fresh login
    assert "proof_password" in browser.get(url).text
    assert "proof_password" not in client_for(contracting_officer).get(url).text

    # When it is missing or wrong, nothing is done, and the form comes back as it was
    with nothing_happens():
        for typed, words in (("", "asked once more"), ("guess", "not your password")):
            page = submit(browser, url, {**SEEN, "proof_password": typed})
            assert page.status_code == 403
            assert words in page.text
            assert page.context["form"]["seen_version"].value() == "1"
            assert "guess" not in page.text

    # Then the right one releases it, is stored nowhere and not asked for a while
    page = submit(browser, url, {**SEEN, "proof_password": PASSWORD})
    rfi.refresh_from_db()
    assert (page.status_code, rfi.state) == (303, RfiState.RELEASED)
    assert len(browser.session[AGE]) == 2
    assert PASSWORD not in str(dict(browser.session))

    # And an outsider learns nothing by it
    assert client_for(other_agency_officer).get(url).status_code == 404


def test_passwords_are_not_tried_without_end(browser, rfi, url, settings):
    settings.ACCOUNT_RATE_LIMITS = {"reauthenticate": "2/m/user"}

    replies = [
        submit(browser, url, {**SEEN, "proof_password": "guess"}).status_code
        for _ in range(3)
    ]

    assert replies == [403, 403, 429]

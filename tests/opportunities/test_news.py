"""What has changed since somebody looked, which only their own browser knows."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from contracting.opportunities.calculations import Looks, looks_of
from contracting.solicitations.operations.amend import amend_solicitation
from contracting.solicitations.operations.cancel import cancel_solicitation
from tests.builders import released_solicitation
from tests.cast import actor, client_for, nothing_happens
from tests.offers import before, deadline

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
WORDS = "Changed since you looked"


@pytest.fixture
def told_the_time(monkeypatch):
    """The door's clock: ``told_the_time(instant)``."""

    def tell(instant):
        monkeypatch.setattr("contracting.core.clock.now", lambda: instant)

    return tell


def read(browser, solicitation):
    with nothing_happens():
        page = browser.get(
            reverse("opportunities:opportunity", args=[solicitation.public_id])
        )
    return page.content.decode()


def amend(solicitation, at, *, days=1):
    solicitation.refresh_from_db()
    amend_solicitation(
        solicitation_id=solicitation.pk,
        summary=f"{days} days more.",
        terms={"deadline": deadline(solicitation) + timedelta(days=days)},
        by=actor("contracting_officer"),
        at=at,
        seen_version=solicitation.version,
    )


@pytest.mark.django_db
def test_news_are_told_through_the_whole_next_visit(vendor_a_member, told_the_time):
    # Given somebody who has looked before two amendments
    solicitation = released_solicitation()
    first = before(solicitation, days=10)
    browser = client_for(vendor_a_member)
    told_the_time(first)
    assert WORDS not in read(browser, solicitation)
    amend(solicitation, first + timedelta(days=1), days=1)
    amend(solicitation, first + timedelta(days=2), days=2)

    # When they look again, and load the page once more
    for minutes in (0, 20):
        told_the_time(first + timedelta(days=3, minutes=minutes))
        page = read(browser, solicitation)

        # Then both amendments are told, as one step
        assert WORDS in page
        assert "2 amendments and 0 answers" in page
        assert "What is different now" in page

    # And the next day nothing has changed since
    told_the_time(first + timedelta(days=4))
    page = read(browser, solicitation)
    assert WORDS not in page
    assert "Nothing has changed since you looked" in page


@pytest.mark.django_db
def test_nothing_is_kept_of_others_and_a_colleague_begins_anew(
    vendor_a_member, vendor_b_member, contracting_officer, told_the_time
):
    solicitation = released_solicitation()
    first = before(solicitation, days=10)
    told_the_time(first)
    for browser in (Client(), client_for(contracting_officer)):
        read(browser, solicitation)
        assert "looked" not in browser.cookies

    # A browser that somebody else has used tells nothing of their looks
    browser = client_for(vendor_a_member)
    read(browser, solicitation)
    amend(solicitation, first + timedelta(days=1))
    told_the_time(first + timedelta(days=2))
    other = client_for(vendor_b_member)
    other.cookies["looked"] = browser.cookies["looked"].value
    assert WORDS not in read(other, solicitation)

    browser.cookies["looked"] = "made-up"
    assert WORDS not in read(browser, solicitation)


@pytest.mark.django_db
def test_a_cancelled_one_says_so_and_keeps_the_record(vendor_a_member, told_the_time):
    solicitation = released_solicitation()
    at = before(solicitation, days=5)
    cancel_solicitation(
        solicitation_id=solicitation.pk,
        reason="The need has gone.",
        memo="The office was closed, and nobody needs tokens.",
        by=actor("contracting_officer"),
        at=at,
    )
    told_the_time(at + timedelta(days=1))

    page = read(client_for(vendor_a_member), solicitation)

    assert "was cancelled: The need has gone." in page
    assert "The record stays" in page
    assert "Draft our offer" not in page


def test_looks_within_half_an_hour_are_one_visit():
    first = Looks(NOON)
    soon = first.and_now(NOON + timedelta(minutes=29))
    later = soon.and_now(NOON + timedelta(hours=2))

    assert (first.before, soon.before) == (None, None)
    assert later.before == NOON + timedelta(minutes=29)
    assert looks_of(later.kept_for(7), 7) == later
    assert looks_of(first.kept_for(7), 7) == first


@pytest.mark.parametrize(
    "kept", [None, "x", {}, {"user": 7}, {"user": 7, "last": "x", "before": ""}]
)
def test_what_no_page_has_kept_is_nothing(kept):
    assert looks_of(kept, 7) is None

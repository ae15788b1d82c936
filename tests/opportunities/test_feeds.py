"""What is open is followed by a feed and a calendar, without a login."""

import re
from xml.etree import ElementTree as XML

import pytest
from django.test import Client
from django.urls import reverse

from contracting.core import clock
from contracting.opportunities.paperwork import _folded, calendar
from contracting.solicitations.operations.amend import amend_solicitation
from contracting.solicitations.operations.cancel import cancel_solicitation
from tests.builders import DEADLINE, approved_solicitation, released_solicitation
from tests.cast import days
from tests.offers import submitted_offers

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"
SITE = "https://example.gov"


def read(name, *args):
    answer = Client().get(reverse(f"opportunities:{name}", args=args))
    assert answer.status_code == 200
    return answer


def unfolded(text):
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    return text.replace("\r\n ", "").split("\r\n")


def moved(released, by, at):
    return amend_solicitation(
        solicitation_id=released.pk,
        summary="The deadline moves by a week.",
        terms={"deadline": DEADLINE + days(7)},
        by=by,
        at=at,
        seen_version=released.version,
    )


@pytest.fixture
def today(monkeypatch, at):
    """The day after the release, by the clock of the doors."""
    monkeypatch.setattr(clock, "now", lambda: at + days(2))


def test_the_feed_lists_what_is_open_and_nothing_else(today, at):
    approved_solicitation(at)
    released = released_solicitation(at)

    answer = read("feed")

    assert answer["Content-Type"].startswith("application/atom+xml")
    feed = XML.fromstring(answer.content)  # noqa: S314 (it is ours)
    (entry,) = feed.findall(f"{ATOM}entry")
    assert str(released.piid) in str(entry.findtext(f"{ATOM}title"))
    link = entry.find(f"{ATOM}link")
    assert link is not None
    assert link.attrib["href"].endswith(released.public_path)
    assert entry.findtext(f"{ATOM}updated", "") == "2026-03-03T15:00:00+00:00"


def test_an_amendment_is_news_in_the_feed_and_moves_the_date(
    today, contracting_officer, at
):
    released = released_solicitation(at)
    moved(released, contracting_officer, at + days(2))
    released.refresh_from_db()

    assert b"<updated>2026-03-04T15:00:00+00:00</updated>" in read("feed").content
    lines = unfolded(read("opportunity_calendar", released.public_id).content.decode())
    assert "DTSTART:20260327T210000Z" in lines
    assert "SEQUENCE:1" in lines
    assert "STATUS:CONFIRMED" in lines
    assert f"UID:{released.public_id}@drawdown.invalid" in lines


def test_a_cancelled_one_stays_in_calendars_as_cancelled(
    today, contracting_officer, at
):
    released = released_solicitation(at)
    cancel_solicitation(
        solicitation_id=released.pk,
        reason="The need, and its funds; have gone.",
        memo="The funds were withdrawn.",
        by=contracting_officer,
        at=at + days(2),
    )

    lines = unfolded(read("opportunity_calendar", released.public_id).content.decode())
    assert "STATUS:CANCELLED" in lines
    assert "DESCRIPTION:Cancelled: The need\\, and its funds\\; have gone." in lines
    assert b"VEVENT" not in read("calendar").content
    page = Client().get(released.public_path).content.decode()
    assert "The record stays" in page
    assert "Price schedule" in page


def test_offers_change_nothing_that_everybody_reads(today, at):
    names = ("feed", "calendar", "opportunities")
    solicitation = released_solicitation(at)
    before = [_without_tokens(read(name)) for name in names]

    submitted_offers(on=solicitation)

    assert [_without_tokens(read(name)) for name in names] == before


def _without_tokens(answer):
    return re.sub(rb'(csrf[^>]*value|nonce)="[^"]*"', b"", answer.content)


def test_what_is_not_released_has_no_calendar(today, at):
    package = approved_solicitation(at)
    address = reverse("opportunities:opportunity_calendar", args=[package.public_id])

    assert Client().get(address).status_code == 404


def test_a_long_line_is_folded_between_characters():
    pieces = list(_folded("é" * 100))

    assert "".join([pieces[0], *(piece[1:] for piece in pieces[1:])]) == "é" * 100
    assert all(len(piece.encode()) <= 75 for piece in pieces)


def test_a_line_break_in_a_title_starts_no_new_line(at):
    released = released_solicitation(at)
    released.title = "Tokens\r\nEND:VEVENT"

    assert calendar([released], site=SITE).split("\r\n").count("END:VEVENT") == 1

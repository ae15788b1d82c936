"""The health of the feeds: a gap is shown as a gap and never as zero usage."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils.html import strip_tags

from contracting.core.plots.strips import HourState
from contracting.metering.operations.record_heartbeat import record_heartbeat
from contracting.metering.queries.feeds import feeds_visible_to
from tests.builders_metering import DELIVERED_AT, event, ingested
from tests.cast import actor, client_for, machine

pytestmark = pytest.mark.usefixtures("now", "source")

PAGE = "/usage/feeds"
HOUR = timedelta(hours=1)
ZONE = "America/New_York"


def text(response):
    return " ".join(strip_tags(response.content.decode()).split())


@pytest.fixture
def heard(order):
    """Heard of ten hours ago, silent for seven, heard of with nothing new since."""
    first = DELIVERED_AT - 10 * HOUR
    call = event(1, order=order, at=first - HOUR)
    ingested(call, at=first)
    ingested(event(2, order=order, at=first), at=first + HOUR)
    ingested(call, at=DELIVERED_AT - HOUR)
    return first


def hours_of(reader, at=DELIVERED_AT, day=date(2026, 4, 20)):
    [feed] = feeds_visible_to(reader, first=day, last=day, zone=ZONE, at=at)
    return feed


def test_an_hour_is_received_empty_or_missing(heard, cor):
    feed = hours_of(cor)

    # Then the day has its 24 hours, from midnight in Washington
    states = [hour.state for hour in feed.hours]
    assert len(states) == 24
    assert feed.hours[0].start == datetime(2026, 4, 20, 4, tzinfo=UTC)
    # And what was not yet heard of, and what is not over, is left open
    assert states[:2] == [HourState.RECEIVED, HourState.RECEIVED]
    assert states[2:9] == [HourState.MISSING] * 7
    assert states[9] == HourState.EMPTY
    assert set(states[10:]) == {HourState.AHEAD}


def test_a_heartbeat_is_heard_and_its_watermark_says_what_was_empty(heard, source, cor):
    # Given a heartbeat an hour ago, which says that all until three hours ago was sent
    record_heartbeat(
        source_id=source.pk,
        watermark=DELIVERED_AT - 3 * HOUR,
        by=machine("gateway"),
        at=DELIVERED_AT - 2 * HOUR,
    )

    # Then hours before the watermark are empty, and the hour of the beat is
    states = [hour.state for hour in hours_of(cor).hours]
    assert states[:2] == [HourState.RECEIVED, HourState.RECEIVED]
    assert states[2:7] == [HourState.EMPTY] * 5
    assert states[7] == HourState.MISSING
    assert states[8:10] == [HourState.EMPTY, HourState.EMPTY]


def test_a_source_with_heartbeats_alone_is_heard_of(source, cor):
    for n in (6, 2):
        at = DELIVERED_AT - n * HOUR
        record_heartbeat(
            source_id=source.pk, watermark=at, by=machine("gateway"), at=at
        )

    feed = hours_of(cor)
    assert feed.first_heard == DELIVERED_AT - 6 * HOUR
    states = [hour.state for hour in feed.hours if hour.state != HourState.AHEAD]
    assert states == [*[HourState.EMPTY] * 5, HourState.MISSING]


def test_nothing_is_missing_before_a_feed_was_first_heard_of(heard, cor):
    feed = hours_of(cor, day=date(2026, 4, 19))

    assert feed.first_heard == heard
    assert feed.hours == ()


def test_the_page_says_the_longest_gap(heard, program_manager):
    page = client_for(program_manager).get(PAGE)

    shown = text(page)
    assert "sent nothing for 7 h on 20 Apr 2026. A gap is not zero usage." in shown
    assert "heard of, and nothing was used" in shown
    assert page.content.decode().count("dd-plot__svg--wide") == 1


def test_the_hours_are_handed_over_as_a_file(heard, source, cor):
    page = client_for(cor).get(f"{PAGE}?format=csv&source={source.public_id}")

    lines = page.content.decode().splitlines()
    assert lines[0] == "From,To,Hours,What was heard,Calls"
    assert any(
        line.endswith(',7,"nothing was heard: a gap, not zero",0') for line in lines
    )
    assert client_for(cor).get(f"{PAGE}?format=csv&source=x").status_code == 404


def test_a_feed_without_gaps_is_said_to_be_whole(order, cor):
    ingested(event(1, order=order))

    assert "1 feed without any gap in these days." in text(client_for(cor).get(PAGE))


def test_a_source_that_was_never_heard_of_says_what_to_do(order, cor):
    shown = text(client_for(cor).get(PAGE))

    assert "None of the sources was heard of by then." in shown
    assert "Never heard of. Send a test event from it" in shown


def test_an_agency_without_sources_reads_how_one_is_registered():
    page = client_for(actor("other_agency_officer")).get(PAGE)

    assert "No source of usage is registered yet." in text(page)


def test_earlier_days_can_be_looked_at_and_wrong_ones_are_named(heard, cor):
    browser = client_for(cor)

    assert "after these days" in text(browser.get(f"{PAGE}?last=2026-04-01"))
    wrong = browser.get(f"{PAGE}?last=1066-01-01")
    assert wrong.status_code == 422
    assert "between the years 2000 and 2100" in text(wrong)


@pytest.mark.parametrize("part_name", ["vendor_a_signer", "other_vendor_signer"])
def test_a_vendor_finds_no_feeds(heard, part_name):
    assert client_for(actor(part_name)).get(PAGE).status_code == 404

"""What a webhook is told: notices of its organization, and the deny list."""

import json
from datetime import timedelta

import pytest

from contracting.bans.operations.impose import impose_ban
from contracting.bans.operations.lift import lift_ban
from contracting.bans.queries import deny_list
from contracting.core.subjects import Subject
from contracting.exchange.calculations import LONGEST_BODY
from contracting.exchange.models import WebhookMessage
from contracting.exchange.operations import gather
from contracting.exchange.operations.gather import gather_messages
from contracting.exchange.states import MessageKind
from contracting.notices.operations.post_notice import Recipient, post_notice
from tests.cast import actor, days
from tests.exchange.conftest import PUBLIC, registered

BOTH = [MessageKind.NOTICE_POSTED, MessageKind.DENY_LIST_CHANGED]


def posted(at, *, to="administrator", title="Funds are short", recipients=None):
    person = actor(to)
    return post_notice(
        recipients=recipients or [Recipient(person.organization_id)],
        subject=Subject("orders.task_order", 7, "contract:7"),
        title=title,
        body="Order 0001 has $12.00 left.",
        url_path="/orders/ord_7",
        by=actor("program_manager"),
        at=at,
    )


def told(webhook):
    return [json.loads(m.body) for m in webhook.messages.order_by("pk")]


def test_a_notice_to_many_people_is_told_once_and_without_its_words(
    administrator, at, settings
):
    # Given a webhook of the agency and one of a vendor
    ours = registered(at).webhook
    theirs = registered(at, by="vendor_a_administrator").webhook

    # When a notice is posted to everybody of the agency
    assert len(posted(at)) > 1
    assert gather_messages(at=at + timedelta(seconds=10)) == 1

    # Then it says where to look, and neither what nor to whom; the vendor hears nothing
    (said,) = told(ours)
    assert said == {
        "type": "notice.posted",
        "timestamp": at.isoformat(),
        "data": {
            "about": "orders.task_order",
            "due_on": None,
            "url": f"{settings.SITE_URL}/orders/ord_7",
        },
    }
    assert told(theirs) == []

    # And it is told once, however often and late the machinery looks
    for later in (timedelta(seconds=20), timedelta(minutes=50), days(3)):
        assert gather_messages(at=at + later) == 0


def test_what_was_posted_before_it_was_registered_is_not_told(administrator, at):
    registered(at)
    posted(at)
    late = registered(at + days(400), url=f"{PUBLIC}2").webhook

    gather_messages(at=at + days(401))

    assert told(late) == []


def test_the_deny_list_is_told_whole_whenever_it_changes(
    administrator, contracting_officer, agency, at
):
    # Given a gateway that is told of the deny list
    gateway = registered(at, kinds=BOTH).webhook
    gather_messages(at=at)
    assert [each["data"]["models"] for each in told(gateway)] == [[]]
    assert gather_messages(at=at + timedelta(seconds=10)) == 0

    # When a vendor is banned, it hears so
    vendor = actor("vendor_a_signer")
    ban = impose_ban(
        agency_id=agency.pk,
        vendor_id=vendor.organization_id,
        valid_from=agency.local_day(at),
        reason="FASCSA",
        citation="Order 2026-01 of 2 April 2026",
        text="The vendor is a covered source.",
        by=contracting_officer,
        at=at + timedelta(minutes=1),
    )
    gather_messages(at=at + timedelta(minutes=2))
    said = [each for each in told(gateway) if each["type"] == "deny_list.changed"]
    assert [each["name"] for each in said[-1]["data"]["vendors"]] == ["Meridian Models"]
    listed = deny_list(agency, at + timedelta(minutes=2))
    assert said[-1]["data"]["sha256"] == listed["sha256"]
    assert said[-1]["data"]["url"].endswith("/api/v1/deny_list")

    # And when the ban is lifted, too
    lift_ban(
        ban_id=ban.pk, reason="Withdrawn.", by=contracting_officer, at=at + days(1)
    )
    gather_messages(at=at + days(1))
    said = [each for each in told(gateway) if each["type"] == "deny_list.changed"]
    assert said[-1]["data"]["vendors"] == []
    assert len(said) == 3


def test_a_ban_that_begins_tomorrow_is_told_tomorrow(
    administrator, contracting_officer, agency, at
):
    gateway = registered(at, kinds=[MessageKind.DENY_LIST_CHANGED]).webhook
    impose_ban(
        agency_id=agency.pk,
        vendor_id=actor("vendor_a_signer").organization_id,
        valid_from=agency.local_day(at + days(1)),
        reason="FASCSA",
        citation="Order 2026-01 of 2 April 2026",
        text="The vendor is a covered source.",
        by=contracting_officer,
        at=at,
    )
    assert gather_messages(at=at) == 1
    assert told(gateway)[-1]["data"]["vendors"] == []

    assert gather_messages(at=at + days(1)) == 1
    assert len(told(gateway)[-1]["data"]["vendors"]) == 1


def test_a_list_that_is_too_long_is_told_by_its_hash(administrator, at, monkeypatch):
    long = {"vendors": [], "models": ["m" * LONGEST_BODY], "orders": [], "sha256": "a"}
    monkeypatch.setattr(gather, "deny_list", lambda agency, at: long)
    gateway = registered(at, kinds=[MessageKind.DENY_LIST_CHANGED]).webhook

    gather_messages(at=at)

    (said,) = told(gateway)
    assert sorted(said["data"]) == ["sha256", "url"]


@pytest.mark.parametrize("minutes", [0, 59])
def test_what_commits_late_is_told_all_the_same(administrator, at, minutes):
    """A notice whose transaction was open while the machinery looked."""
    webhook = registered(at).webhook
    gather_messages(at=at + timedelta(minutes=minutes))
    posted(at)

    assert gather_messages(at=at + timedelta(minutes=minutes, seconds=10)) == 1
    assert WebhookMessage.objects.filter(webhook=webhook).count() == 1

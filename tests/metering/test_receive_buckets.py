"""What a provider reports of hours and days is kept, with everything it said before."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.operations.issue_api_key import issue_api_key
from accounts.states import Scope
from contracting.audit.queries import events_of
from contracting.core import clock
from contracting.core.actors import SYSTEM
from contracting.core.errors import NotAllowed
from contracting.ledger.models import Balance
from contracting.metering.adapters.reading import report_called
from contracting.metering.models import BucketReport, ReportedBucket, UsageEvent
from contracting.metering.operations.close import close_source
from contracting.metering.operations.receive_buckets import receive_buckets
from contracting.metering.operations.register import register_source
from contracting.metering.queries.buckets import (
    buckets_known,
    compared_days,
    days_of_buckets,
)
from contracting.metering.refusals import (
    FormatNotTaken,
    FormatUnknown,
    UnreadableBatch,
)
from contracting.orders.queries import rates_of
from contracting.reference.models import AiModel
from tests.builders_metering import event, ingested
from tests.builders_orders import issued_order
from tests.cast import actor, client_for, key_client, machine, nothing_happens, submit

DAY = datetime(2026, 4, 20, tzinfo=UTC)
TOLD = datetime(2026, 4, 21, 6, 0, tzinfo=UTC)
"""The morning after the day."""

LATER = TOLD + timedelta(days=2)
DOOR = "/api/v1/usage/buckets?format=openai-usage&source=openai"


@pytest.fixture
def provider(administrator, at):
    """The usage API of a provider, as a source of its own."""
    return register_source(
        agency_id=administrator.own_organization_id,
        code="openai",
        label="OpenAI usage",
        kind="PROVIDER",
        by=SYSTEM,
        at=at,
    )


def result(tokens, key="key_1", **changed):
    return {
        "project_id": "proj_1",
        "api_key_id": key,
        "user_id": None,
        "model": "gpt-4o-2024-08-06",
        "batch": False,
        "service_tier": "default",
        "num_model_requests": 3,
        "input_tokens": tokens,
        "output_tokens": 0,
        **changed,
    }


def page(*results, day=DAY):
    start = int(day.timestamp())
    bucket = {"object": "bucket", "start_time": start, "end_time": start + 86_400}
    bucket["results"] = list(results)
    found = {"object": "page", "data": [bucket], "has_more": False, "next_page": None}
    return json.dumps(found).encode()


def received(source, payload, at=TOLD, by=None, name="openai-usage"):
    return receive_buckets(
        source_id=source.pk,
        payload=payload,
        adapter=report_called(name),
        by=by or actor("cor"),
        at=at,
    )


def told(receipt):
    return [(each.status, each.revision) for each in receipt.verdicts]


def known(source, at):
    return sorted(buckets_known(source, at).values_list("tokens", flat=True))


def test_11_a_restated_bucket_is_a_new_revision_and_the_first_stays_readable(provider):
    # Given a day that was told as 1,000 tokens
    assert told(received(provider, page(result(1_000)))) == [("accepted", 1)]

    # When two days later it is told as 1,040
    receipt = received(provider, page(result(1_040)), LATER)

    # Then the second revision supersedes the first, by 40 tokens
    assert told(receipt) == [("restated", 2)]
    first, second = ReportedBucket.objects.order_by("revision")
    assert second.supersedes == first
    (day,) = days_of_buckets(provider, LATER)
    assert (day.day, day.first_tokens, day.tokens) == (date(2026, 4, 20), 1_000, 1_040)
    assert (day.change, day.restated, day.requests) == (40, 1, 3)

    # And on the day before it was 1,000, which it stays for ever
    assert known(provider, LATER - timedelta(seconds=1)) == [1_000]
    assert known(provider, LATER) == [1_040]
    assert known(provider, TOLD - timedelta(seconds=1)) == []
    (event,) = events_of(receipt.report.subject)
    assert event.event == "metering.buckets.received"


def test_what_is_told_again_is_a_duplicate_and_an_old_report_changes_nothing(provider):
    old = page(result(1_000), result(7, "key_2"))
    received(provider, old)
    received(provider, page(result(1_040)), LATER)

    # When the first report comes once more, after it was restated
    receipt = received(provider, old, LATER + timedelta(hours=1))

    # Then it is known, and what holds is what was said last
    assert told(receipt) == [("duplicate", 2), ("duplicate", 1)]
    assert known(provider, LATER + timedelta(days=9)) == [7, 1_040]
    assert ReportedBucket.objects.count() == 3

    # And another report that says 1,000 anew is a restatement like any other
    back = received(provider, page(result(1_000)), LATER + timedelta(hours=2))
    assert told(back) == [("restated", 3)]


def test_every_row_has_one_verdict_and_none_is_made_to_fit(provider):
    payload = page(
        result(1_000),
        result(-1, "key_2"),
        result("12", "key_3"),
        result(5, None),
        result(5, "key_4", input_cached_tokens=9),
        result(1_000),
        result(10**30, "key_5"),
        [],
    )

    receipt = received(provider, payload)

    report = receipt.report
    assert (report.received, report.accepted, report.rejected) == (8, 1, 7)
    assert [each.status for each in receipt.verdicts][1:] == ["rejected"] * 7
    assert all(each.code for each in receipt.verdicts[1:])
    assert [index for index, _, _ in report.rejections] == [1, 2, 3, 4, 5, 6, 7]
    assert known(provider, TOLD) == [1_000]


def test_a_day_that_has_not_begun_is_refused(provider):
    receipt = received(provider, page(result(1), day=TOLD + timedelta(days=1)))

    assert [each.code for each in receipt.verdicts] == ["clock_ahead"]


def test_reports_never_draw_on_funds(provider, order):
    before = list(Balance.objects.order_by("pk").values())

    received(provider, page(result(1_000)))

    assert list(Balance.objects.order_by("pk").values()) == before
    assert not UsageEvent.objects.exists()


@pytest.mark.parametrize("payload", [b"", b"[]", b"{}", b'{"data": []}', b"\xff", b"7"])
def test_what_is_no_report_is_refused(provider, payload):
    with nothing_happens(), pytest.raises(UnreadableBatch):
        received(provider, payload)


def test_a_report_of_which_pages_are_missing_is_refused(provider):
    part = json.loads(page(result(1))) | {"has_more": True}

    with nothing_happens(), pytest.raises(UnreadableBatch, match="whole report"):
        received(provider, json.dumps(part).encode())


def test_only_reports_of_a_provider_that_still_reports(provider, source, administrator):
    with nothing_happens(), pytest.raises(FormatNotTaken, match="other kind"):
        received(source, page(result(1)))
    for name, refusal in (("openai-chat", FormatNotTaken), ("x", FormatUnknown)):
        with nothing_happens(), pytest.raises(refusal):
            received(provider, page(result(1)), name=name)
    close_source(
        source_id=provider.pk, reason="The year is over.", by=administrator, at=TOLD
    )
    with nothing_happens(), pytest.raises(NotAllowed, match="successor"):
        received(provider, page(result(1)))


@pytest.mark.parametrize("part", ["program_manager", "other_agency_officer"])
def test_nobody_else_imports_a_report(provider, part):
    with nothing_happens(), pytest.raises(NotAllowed):
        received(provider, page(result(1)), by=actor(part))


def test_a_machine_posts_reports_and_reads_what_was_known(provider, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: TOLD)
    gateway = key_of("openai")

    def posted(payload):
        return gateway.post(DOOR, payload, content_type="application/json")

    first = posted(page(result(1_000), result(-1, "key_2")))
    assert (first.status_code, first.json()["rejected"]) == (207, 1)
    monkeypatch.setattr(clock, "now", lambda: LATER)
    again = posted(page(result(1_040)))
    assert (again.status_code, again.json()["restated"]) == (200, 1)
    assert again.json()["verdicts"][0]["revision"] == 2

    def read(**asked):
        asked = {"source": "openai", **asked}
        return gateway.get("/api/v1/usage/buckets", asked)

    (row,) = read().json()["data"]
    assert (row["tokens"], row["revision"]) == (1_040, 2)
    (line,) = row["lines"]
    assert ("IN_UNCACHED" in line["classes"], line["tokens"]) == (True, 1_040)
    assert row["dimensions"]["api_key_id"] == "key_1"
    (row,) = read(known_on="2026-04-22").json()["data"]
    assert (row["tokens"], row["revision"]) == (1_000, 1)
    assert read(known_on="2026-04-22T09:00:00").status_code == 422
    assert read(source="gateway-of-nobody").status_code == 404
    for wrong in ("?source=openai", "?format=csv&source=openai", f"?{'x' * 9}=1"):
        answer = gateway.post(
            f"/api/v1/usage/buckets{wrong}", b"{}", content_type="application/json"
        )
        assert answer.status_code in (400, 415, 422), wrong
    for key, answer in (("other_agency_gateway", 404), ("gateway", 403)):
        sent = key_client(machine(key)).post(
            DOOR, page(result(1)), content_type="application/json"
        )
        assert sent.status_code == answer
    assert BucketReport.objects.count() == 2


def test_the_page_says_what_was_restated(
    provider, cor, monkeypatch, other_agency_officer
):
    monkeypatch.setattr(clock, "now", lambda: LATER)
    browser, address = client_for(cor), f"{provider.path}/buckets"
    assert b"No usage report of this source was received yet" in (
        browser.get(address).content
    )

    # When a representative imports a report, and later another
    for tokens in (1_000, 1_040):
        file = page(result(tokens))
        form = {"format": "openai-usage", "file": named(file)}
        done = submit(browser, f"{provider.path}/receive_buckets", form)
        assert done.status_code == 303

    # Then the page says by how much, and the file and an earlier day say the same
    words = browser.get(address).content.decode()
    assert "reports 1,040 tokens on 1 day" in words
    assert "1 day was restated, together by +40 tokens" in words
    table = browser.get(f"{address}?format=csv").content.decode()
    assert "2026-04-20,1,1,1000,1040,40,3" in table
    assert (
        b"Nothing was known by" in browser.get(f"{address}?known_on=2026-04-01").content
    )
    assert browser.get(f"{address}?known_on=soon").status_code == 422

    # And nobody outside finds it
    outside = client_for(other_agency_officer)
    assert outside.get(address).status_code == 404
    assert outside.get(f"{provider.path}/receive_buckets").status_code == 404


def test_the_report_is_laid_beside_what_the_meters_counted(provider, cor, monkeypatch):
    # Given a call of 1,100 tokens on the 20th, and none on the day after
    order = issued_order()
    last_minute = DAY + timedelta(hours=23, minutes=59)
    ingested(event(1, order=order, at=last_minute), at=TOLD)
    monkeypatch.setattr(clock, "now", lambda: LATER)
    name = AiModel.objects.get(pk=rates_of(order)[0].model_id).snapshot

    # When the provider reports as much, on the next day ten more, and another name
    day_after = DAY + timedelta(days=1)
    received(provider, page(result(1_000, model=name, output_tokens=100)), LATER)
    beyond = page(result(10, model=name), result(7, model="nobody-2"), day=day_after)
    received(provider, beyond, LATER)

    # Then the 20th agrees to the token, and the 21st says what is beyond
    days = days_of_buckets(provider, LATER)
    rows = compared_days(provider, days, LATER)
    assert [
        (row.day.day, row.names, row.reported, row.counted, row.difference)
        for day in (DAY, day_after)
        for row in rows[day.date()]
    ] == [
        (20, (name,), 1_100, 1_100, 0),
        (21, (name,), 10, 0, 10),
        (21, ("nobody-2",), 7, None, None),
    ]

    # And the page names what differs, and the file has both counts
    browser, address = client_for(cor), f"{provider.path}/buckets"
    words = " ".join(browser.get(address).content.decode().split())
    assert "Where report and meters differ" in words
    assert "no model has this name" in words or "Map this name" in words
    table = browser.get(f"{address}?format=csv").content.decode()
    assert "2026-04-20,1,0,1100,1100,0,3,1100,0" in table
    assert "2026-04-21,2,0,17,17,0,6,," in table

    # What was known earlier stands alone: what was counted then is not kept
    assert "Counted by the meters" not in (
        browser.get(f"{address}?known_on=2026-04-30").content.decode()
    )


def test_a_bucket_that_reaches_beyond_its_day_is_not_laid_beside_it(provider):
    received(provider, page(result(10)), LATER)
    (day,) = days_of_buckets(provider, LATER)
    (row,) = compared_days(provider, [day], LATER)[day.day]
    assert row.counted == 0

    wide = json.loads(page(result(20)))
    wide["data"][0]["end_time"] += 1
    received(provider, json.dumps(wide).encode(), LATER)
    (row,) = compared_days(provider, days_of_buckets(provider, LATER), LATER)[day.day]
    assert (row.reported, row.counted, row.difference) == (30, None, None)


def key_of(*sources):
    issued = issue_api_key(
        organization_id=actor("administrator").own_organization_id,
        label="usage API",
        scopes=[Scope.USAGE_READ, Scope.USAGE_WRITE],
        sources=sources,
        expires_at=TOLD + timedelta(days=300),
        by=actor("administrator"),
        at=TOLD,
    )
    return Client(headers={"Authorization": f"Bearer {issued.text}"})


def named(content):
    return SimpleUploadedFile("report.json", content, "application/json")

"""The usage explorer: who uses what, drawn, in groups, and as files."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils.html import strip_tags

from contracting.metering.calculations.grouping import Kinds, buckets, step_words
from contracting.metering.models import UsageRating
from tests.builders_metering import CALLED_AT, event, ingested
from tests.cast import actor, client_for

pytestmark = pytest.mark.usefixtures("now", "source")

PAGE = "/usage/explorer"
DAYS = "first=2026-04-13&last=2026-04-20"


def text(response):
    return " ".join(strip_tags(response.content.decode()).split())


def rows(response):
    body = b"".join(response) if response.streaming else response.content
    return list(csv.reader(io.StringIO(body.decode())))


@pytest.fixture
def used(order):
    """Calls on two days: 3,000 of input, 200 of output, 1,000 from the cache."""
    ingested(
        event(1, order=order),
        event(2, order=order, at=CALLED_AT - timedelta(days=2)),
        event(3, order=order, tokens={"input": 1_000, "cached_input": 1_000}),
    )
    return order


def test_the_explorer_says_who_uses_what(used, program_manager):
    # When a program manager asks for the days of use
    page = client_for(program_manager).get(f"{PAGE}?{DAYS}")

    # Then the answer, the drawing, its table and the groups say the same
    shown = text(page)
    assert page.status_code == 200
    assert "4,200 tokens for $0.01, 13 Apr 2026 to 20 Apr 2026." in shown
    assert f"All of it: {used.piid}." in shown
    assert "Input is 71.4% of tokens and 69.8% of cost." in shown
    assert "Cached input 23.8%" in shown
    assert "Output 4.8%" in shown
    assert page.content.decode().count("dd-plot__svg--wide") == 1
    assert f"order={used.public_id}" in page.content.decode()


def test_cost_is_drawn_instead_of_tokens_by_a_link(used, cor):
    browser = client_for(cor)

    page = browser.get(f"{PAGE}?{DAYS}&by=cost")

    assert "Cost by kind, in US dollars" in text(page)
    assert "Input 69.8%" in text(page)
    assert '?first=2026-04-13&amp;last=2026-04-20"' in page.content.decode()


@pytest.mark.parametrize(
    ("group", "labels"),
    [
        ("contract", None),
        ("line", None),
        ("model", ["gpt-4o-2024-08-06"]),
        ("class", ["Input, not cached", "Output text", "Input read from the cache"]),
        ("tier", None),
    ],
)
def test_usage_is_grouped_in_each_way(used, cor, group, labels):
    browser = client_for(cor)
    found = rows(browser.get(f"{PAGE}?{DAYS}&group={group}&format=csv"))

    # Then the file adds up to what was metered, and the page shows the same groups
    assert found[-1] == ["Together", "", "4200", "0.008600000000"]
    assert sum(int(row[2]) for row in found[1:-1]) == 4_200
    shown = text(browser.get(f"{PAGE}?{DAYS}&group={group}"))
    for row in found[1:-1]:
        assert row[0] in shown
    if labels:
        assert len(found) == len(labels) + 2


def test_a_group_leads_to_itself_alone(used, cor):
    browser = client_for(cor)

    alone = browser.get(f"{PAGE}?{DAYS}&group=model&token_class=IN_CACHE_READ")

    assert "1,000 tokens for $0.00" in text(alone)
    assert "Cached input is 100.0% of tokens and 100.0% of cost." in text(alone)


def test_every_daily_sum_is_in_the_file_of_days(used, cor):
    found = rows(client_for(cor).get(f"{PAGE}?{DAYS}&format=csv&what=days"))

    # Then its rows are the sums of what was rated, exactly
    assert found[0][:4] == ["day", "contract", "order", "clin"]
    assert sum(int(row[-2]) for row in found[1:]) == 4_200
    rated = sum(UsageRating.objects.values_list("dollars", flat=True), Decimal(0))
    assert sum(Decimal(row[-1]) for row in found[1:]) == rated
    assert {row[0] for row in found[1:]} == {"2026-04-18", "2026-04-20"}


def test_the_file_of_the_drawing_holds_its_buckets(used, cor):
    found = rows(client_for(cor).get(f"{PAGE}?{DAYS}&format=csv&what=mix"))

    assert found[0] == [
        "From",
        "To",
        "Input, tokens",
        "Input, US dollars",
        "Cached input, tokens",
        "Cached input, US dollars",
        "Output, tokens",
        "Output, US dollars",
    ]
    assert [row[:3] for row in found[1:-1]] == [
        ["2026-04-18", "2026-04-18", "1000"],
        ["2026-04-20", "2026-04-20", "2000"],
    ]


def test_a_filter_that_matches_nothing_leads_to_what_there_is(used, cor):
    page = client_for(cor).get(f"{PAGE}?first=2026-01-01&last=2026-01-31")

    shown = text(page)
    assert "Nothing that fits was used from 1 Jan 2026 to 31 Jan 2026." in shown
    assert "Nothing fits this filter" in shown
    assert "?first=2026-04-18&amp;last=2026-04-20" in page.content.decode()


def test_without_any_usage_the_page_says_where_it_comes_from(order, cor):
    shown = text(client_for(cor).get(PAGE))

    assert "No usage yet" in shown
    assert "Nothing that fits was used from 22 Mar 2026 to 20 Apr 2026." in shown


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("first=2026-04-20&last=2026-04-13", "The last day is before the first"),
        ("first=0001-01-01", "between the years 2000 and 2100"),
        ("first=yesterday", "Enter a valid date"),
        ("order=ord_nothing", "Select a valid choice"),
        ("group=colour", "Select a valid choice"),
    ],
)
def test_a_filter_that_is_wrong_is_named_and_shows_the_last_month(cor, query, said):
    page = client_for(cor).get(f"{PAGE}?{query}")

    assert page.status_code == 422
    assert said in text(page)
    file = client_for(cor).get(f"{PAGE}?{query}&format=csv")
    assert file["Content-Type"].startswith("text/html")


def test_a_name_with_markup_in_it_stays_words(used, cor):
    used.title = "<script>alert(1)</script>"
    used.save(update_fields=["title"])

    page = client_for(cor).get(f"{PAGE}?{DAYS}")

    assert "<script>alert" not in page.content.decode()


@pytest.mark.parametrize("part_name", ["vendor_a_signer", "other_vendor_signer"])
def test_a_vendor_finds_no_explorer(used, part_name):
    assert client_for(actor(part_name)).get(PAGE).status_code == 404


def test_another_agency_sees_nothing_of_ours(used):
    browser = client_for(actor("other_agency_officer"))

    page = browser.get(f"{PAGE}?{DAYS}")

    assert "No usage yet" in text(page)
    assert used.piid not in text(page)
    # And our order is no choice of theirs
    assert browser.get(f"{PAGE}?order={used.public_id}").status_code == 422


def test_long_spans_are_drawn_by_week_and_by_month():
    first, last = date(2026, 1, 1), date(2026, 12, 31)
    days = [
        Kinds(first + timedelta(days=n), "input", 10, Decimal(1)) for n in range(365)
    ]

    weeks = buckets(days, first, last)
    months = buckets(days, date(2024, 1, 1), last)

    assert step_words(first, last) == "week"
    assert weeks[0].first == first
    assert weeks[0].last == date(2026, 1, 4)
    assert weeks[1].first == date(2026, 1, 5)
    assert len(weeks) <= 54
    assert step_words(date(2024, 1, 1), last) == "month"
    assert len(months) == 12
    assert months[1].last == date(2026, 2, 28)
    for drawn in (weeks, months):
        assert sum(bucket.tokens["input"] for bucket in drawn) == 3_650
        assert sum(bucket.dollars["input"] for bucket in drawn) == 365

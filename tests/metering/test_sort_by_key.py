"""Usage is sorted by key and project, and adds up to the daily sums."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import Sum

from contracting.core import clock
from contracting.metering.models import DailyUsage, KeyedUsage
from contracting.metering.operations.correct import correct_usage
from contracting.metering.operations.map_key import MappedTo, map_key
from contracting.metering.queries import explored
from contracting.metering.queries.explored import Asked
from contracting.metering.queries.keyed import days_under_a_name, unsorted_days
from contracting.metering.tasks import sort_usage_by_key
from tests.builders_metering import CALLED_AT, event, ingested
from tests.builders_reratings import approved, prepared, price_fell
from tests.cast import actor

pytestmark = pytest.mark.usefixtures("now", "source")
DIMENSIONS = ("order_line", "day", "model", "token_class_code", "tier")
FIRST, LAST = (CALLED_AT - timedelta(days=9)).date(), CALLED_AT.date()


def mapped(order, key, project, first_day):
    map_key(
        agency_id=order.contract.agency_id,
        key_ref=key,
        to=MappedTo(order.pk, None, project),
        source_id=None,
        first_day=first_day,
        last_day=None,
        reason="The team's own key.",
        by=actor("cor"),
        at=CALLED_AT,
    )


@pytest.fixture
def used(order):
    """Two keys over two days and a call without any; the first key changes hands."""
    mapped(order, "key_a", "Claims", FIRST)
    mapped(order, "key_a", "Appeals", CALLED_AT.date())
    mapped(order, "key_b", "", FIRST)
    ingested(
        event(1, order=order, key_ref="key_a"),
        event(2, order=order, key_ref="key_a", at=CALLED_AT - timedelta(days=1)),
        event(3, order=order, key_ref="key_b"),
        event(4, order=order),
    )
    return order


def sums(table):
    return {
        tuple(row[name] for name in DIMENSIONS): (row["e"], row["t"], row["d"])
        for row in table.objects.order_by()
        .values(*DIMENSIONS)
        .annotate(e=Sum("events"), t=Sum("tokens"), d=Sum("dollars"))
    }


def by(group, **asked):
    found = explored.usage_asked(actor("cor"), Asked(FIRST, LAST, **asked), keyed=True)
    return {each.label: each.tokens for each in explored.groups(found, group)}


def test_every_day_adds_up_to_the_daily_sums_and_stays_so(used):
    # When the schedule sorts, and again
    assert sort_usage_by_key() == 2
    assert sort_usage_by_key(every_day=True) == 0

    # Then each line, day, model, class and tier has the daily sum, whatever its keys
    assert sums(KeyedUsage) == sums(DailyUsage)
    assert {row.key_ref for row in KeyedUsage.objects.all()} == {"key_a", "key_b", ""}

    # And once more after a late call and a correction, of the days that changed alone
    ingested(event(5, order=used, key_ref="key_b", at=CALLED_AT - timedelta(days=1)))
    correct_usage(
        source_id=KeyedUsage.objects.values_list("source", flat=True)[0],
        event_id="call-1",
        correction_id="fix-1",
        changes={"OUT_TEXT": -40},
        reason="Counted twice.",
        by=actor("cor"),
        at=CALLED_AT + timedelta(hours=1),
    )
    assert len(unsorted_days()) == 2
    assert sort_usage_by_key() == 2
    assert sums(KeyedUsage) == sums(DailyUsage)


def test_usage_is_grouped_by_key_and_by_the_project_of_the_day(used):
    sort_usage_by_key()

    assert by("key") == {"key_a": 2_200, "key_b": 1_100, "No key named": 1_100}
    assert by("project") == {
        "Claims": 1_100,
        "Appeals": 1_100,
        "No project named": 2_200,
    }
    assert by("class", key="key_b") == {
        "Input, not cached": 1_000,
        "Output": 100,
    }
    assert by("key", project="Claims") == {"key_a": 1_100}
    assert [row[:2] for row in days_under_a_name(used.pk, key="key_b")] == [
        (LAST, 1_100)
    ]


def test_lately_means_orders_that_were_folded_within_the_hour(used):
    later = datetime.now(UTC) + timedelta(hours=2)

    assert unsorted_days(later) == []
    assert len(unsorted_days(clock.now() - timedelta(days=400))) == 2


def test_what_was_rated_anew_counts_as_it_holds_now(order, contract):
    # Given calls on which a lower price turns out to hold, sorted at the old one
    at = CALLED_AT + timedelta(days=3)
    for n, key in enumerate(("key_a", "key_a", "key_b")):
        ingested(event(n, order=order, key_ref=key, at=at), at=at)
    sort_usage_by_key(every_day=True)
    before = sum(row.dollars for row in KeyedUsage.objects.all())
    price_fell(contract)

    # When an officer approves that they are rated anew
    approved(prepared(contract))
    assert sort_usage_by_key(every_day=True) == 1

    # Then the keys add up to the daily sums again, at the lower price
    assert sums(KeyedUsage) == sums(DailyUsage)
    assert sum(row.dollars for row in KeyedUsage.objects.all()) < before
    assert unsorted_days() == []

"""A key of the gateway says whose usage a call is, for as long as it is mapped."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from contracting.core.errors import NotAllowed
from contracting.metering.models import KeyMapping, UsageAttribution
from contracting.metering.operations.assign import assign_usage
from contracting.metering.operations.map_key import MappedTo, map_key
from contracting.metering.queries import suspense
from contracting.metering.refusals import NoSuchKey
from tests.builders_metering import (
    CALLED_AT,
    DELIVERED_AT,
    assert_the_books_balance,
    codes,
    event,
    ingested,
    usage_source,
)
from tests.cast import actor, nothing_happens

KEY = "key_3f9a"
APRIL = date(2026, 4, 1)


def ours():
    return actor("cor").own_organization_id


def mapped(order, by="cor", agency=None, **changed):
    said: dict[str, Any] = {
        "key_ref": KEY,
        "to": MappedTo(order.pk),
        "first_day": APRIL,
        "reason": "The assistant's team uses this key.",
    }
    return map_key(
        agency_id=agency or ours(), by=actor(by), at=CALLED_AT, **(said | changed)
    )


def by_key(number=1, **changed):
    """A call that names its key and no order."""
    return event(number, order="", key_ref=KEY, **changed)


def without_order(call):
    del call["data"]["order_id"]
    return call


def reasons():
    return [each.reason for each in suspense(ours())]


@pytest.mark.parametrize("part_name", ["cor", "contracting_officer", "administrator"])
def test_a_mapped_key_says_whose_usage_it_is(order, part_name):
    # Given a key that is mapped to the order and its only line
    line = order.lines.get()
    mapped(order, by=part_name, to=MappedTo(order.pk, line.pk, "assistant"))

    # When a call names its key and no order
    receipt = ingested(without_order(by_key()))

    # Then it counts on that line
    assert codes(receipt) == [""]
    assert UsageAttribution.objects.get().order_line_id == line.pk
    assert_the_books_balance()


def test_a_key_that_nobody_has_mapped_is_held_and_found_once_it_is(order):
    assert codes(ingested(without_order(by_key()))) == ["UNKNOWN_KEY"]

    mapped(order)
    assign_usage(agency_id=ours(), by=actor("cor"), at=DELIVERED_AT)

    assert suspense(ours()) == []
    assert_the_books_balance()


def test_a_call_that_names_another_order_than_its_key_is_held(order):
    mapped(order)
    own = event(2, order=order, key_ref=KEY)

    receipt = ingested(event(1, order="ord_another", key_ref=KEY), own)

    assert codes(receipt) == ["KEY_CONTRADICTS", ""]


def test_a_mapping_holds_from_its_first_day_until_its_last(order):
    # Given a mapping for the day of the call alone, in Washington
    day = CALLED_AT.date()
    mapped(order, first_day=day, last_day=day)
    midnight = CALLED_AT.replace(hour=4, minute=0)
    instants = [
        midnight - timedelta(microseconds=1),
        midnight,
        midnight + timedelta(days=1, microseconds=-1),
        midnight + timedelta(days=1),
    ]

    receipt = ingested(
        *(without_order(by_key(n, at=each)) for n, each in enumerate(instants)),
        at=CALLED_AT + timedelta(days=2),
    )

    assert codes(receipt) == ["UNKNOWN_KEY", "", "", "UNKNOWN_KEY"]


def test_the_own_mapping_of_a_source_comes_before_that_of_the_agency(order):
    # Given a general mapping to a line, and one of this gateway to the order
    source = usage_source()
    mapped(order, to=MappedTo(order.pk, None, "general"))
    mapped(order, source_id=source.pk, to=MappedTo(order.pk, None, "own"))

    held = KeyMapping.objects.known().in_force(CALLED_AT)

    assert sorted(held.values_list("project", flat=True)) == ["general", "own"]
    assert codes(ingested(without_order(by_key()))) == [""]


def test_a_later_mapping_takes_the_days_it_names_and_leaves_the_rest(order):
    # Given a key that is mapped until further notice
    first = mapped(order)

    # When three days of it are given to another project
    days = date(2026, 4, 19), date(2026, 4, 21)
    mapped(
        order, to=MappedTo(order.pk, None, "trial"), first_day=days[0], last_day=days[1]
    )

    # Then the days before and after are as they were, and the first word is kept
    rows = KeyMapping.objects.known().order_by("in_force")
    assert list(rows.values_list("project", flat=True)) == ["", "trial", ""]
    first.refresh_from_db()
    assert first.superseded_at == CALLED_AT
    assert KeyMapping.objects.known(CALLED_AT - timedelta(days=1)).count() == 0


@pytest.mark.parametrize(
    "changed",
    [
        {"key_ref": " "},
        {"key_ref": "two words"},
        {"reason": " "},
        {"last_day": APRIL - timedelta(days=1)},
        {"source_id": 0},
        {"to": MappedTo(0)},
    ],
    ids=["blank", "spaced", "no reason", "ends before", "no source", "no order"],
)
def test_a_mapping_that_cannot_be_is_refused(order, changed):
    with nothing_happens(), pytest.raises(NoSuchKey):
        mapped(order, **changed)


@pytest.mark.parametrize("part_name", ["program_manager", "vendor_a_signer"])
def test_nobody_else_maps_a_key(order, part_name):
    with nothing_happens(), pytest.raises(NotAllowed):
        mapped(order, by=part_name)


def test_an_outsider_maps_no_key_to_our_order(order, other_agency_officer):
    with nothing_happens(), pytest.raises(NoSuchKey):
        mapped(
            order,
            by="other_agency_officer",
            agency=other_agency_officer.own_organization_id,
        )


def test_the_database_itself_keeps_a_key_with_one_order(order):
    mapping = mapped(order)

    twice = KeyMapping(
        agency_id=mapping.agency_id,
        key_ref=KEY,
        order=order,
        in_force=mapping.in_force,
        stated_at=CALLED_AT,
        stated_by="somebody",
        says_so="twice",
    )
    refused = pytest.raises(IntegrityError, match="one_order_at_a_time")
    with refused, transaction.atomic():
        twice.save()

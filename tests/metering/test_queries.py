"""Reads of usage: totals by class and day, and who finds what."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from contracting.core.errors import NotVisible
from contracting.metering.models import UsageEvent
from contracting.metering.queries import (
    ClassTotal,
    DayTotal,
    batches_visible_to,
    daily_totals,
    get_batch_for,
    known_order,
    ratings_of,
    sources_visible_to,
    totals_by_class,
)
from contracting.orders.models import TaskOrder
from tests.builders_metering import PRICES, event, ingested
from tests.cast import actor, nothing_happens

MIDNIGHT = datetime(2026, 4, 21, 4, tzinfo=UTC)
"""The first instant of 21 April in Washington."""


@pytest.fixture
def two_days(order):
    """A call in the last microsecond of 20 April, and one at midnight."""
    return ingested(
        event(1, order=order, at=MIDNIGHT - timedelta(microseconds=1)),
        event(2, order=order, at=MIDNIGHT),
        at=MIDNIGHT + timedelta(hours=1),
    )


def test_totals_are_told_by_class_and_by_day(order, two_days):
    assert totals_by_class(order) == [
        ClassTotal("IN_UNCACHED", 2_000, Decimal("0.004")),
        ClassTotal("OUT_TEXT", 200, Decimal("0.0016")),
    ]
    april_20, april_21 = date(2026, 4, 20), date(2026, 4, 21)
    assert daily_totals(order) == [
        DayTotal(april_20, "IN_UNCACHED", 1_000, Decimal("0.002")),
        DayTotal(april_20, "OUT_TEXT", 100, Decimal("0.0008")),
        DayTotal(april_21, "IN_UNCACHED", 1_000, Decimal("0.002")),
        DayTotal(april_21, "OUT_TEXT", 100, Decimal("0.0008")),
    ]


def test_ratings_of_a_period_are_half_open(order, two_days):
    day = timedelta(days=1)

    first = ratings_of(order, MIDNIGHT - day, MIDNIGHT)
    second = ratings_of(order, MIDNIGHT, MIDNIGHT + day)

    assert {rating.event_id for rating in first} == {"call-1"}
    assert {rating.event_id for rating in second} == {"call-2"}


def test_an_order_is_known_by_both_its_names_once_it_is_signed(order):
    agency_id = order.contract.agency_id

    for ref in (order.public_id, order.piid):
        known = known_order(agency_id, ref)
        assert known is not None
        assert known.period == order.period
        assert {
            rate.token_class_code: format(rate.price.usd_per_million_tokens, "f")
            for rate in known.rates
        } == {code: f"{Decimal(price):.6f}" for code, price in PRICES.items()}
    assert known_order(agency_id, "nothing") is None
    assert known_order(agency_id + 1, order.piid) is None

    for state, is_closed in (("COMPLETED", False), ("CLOSED", True)):
        TaskOrder.objects.filter(pk=order.pk).update(state=state)
        known = known_order(agency_id, order.piid)
        assert known is not None
        assert known.is_closed is is_closed


def test_batches_and_sources_are_the_agencys_alone(two_days, gateway):
    batch = two_days.batch

    for insider in (actor("auditor"), actor("cor"), gateway):
        assert get_batch_for(insider, batch.public_id) == batch
        assert sources_visible_to(insider).count() == 1
    for part_name in ("vendor_a_signer", "other_agency_officer", "other_vendor_signer"):
        assert not sources_visible_to(actor(part_name))
        assert not batches_visible_to(actor(part_name))
        with pytest.raises(NotVisible):
            get_batch_for(actor(part_name), batch.public_id)


def test_a_stream_of_rows_keeps_the_constraints_of_its_table(order, two_days):
    # Given a call that is stored
    stored = UsageEvent.objects.get(event_id="call-1")
    columns = [
        field.attname
        for field in UsageEvent._meta.concrete_fields
        if field.attname != "recorded_at"
    ]
    row = [getattr(stored, name) for name in columns]

    # Then a stream with the same key is refused whole, as any other row would be
    other = list(row)
    other[columns.index("event_id")] = "call-9"
    with nothing_happens(), pytest.raises(IntegrityError), transaction.atomic():
        UsageEvent.objects.add_all(columns, [other, row])

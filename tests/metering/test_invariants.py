"""The invariants find what is wrong: each is shown a row that no verb would write."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from contracting.ledger.models import UsageDelta
from contracting.metering.invariants import INVARIANTS
from contracting.metering.models import (
    Reservation,
    Settlement,
    SourceOfRecord,
    UsageAttribution,
    UsageBatch,
    UsageEvent,
    UsageLine,
    UsageRating,
)
from tests.builders_funds import granted, settled, spent
from tests.builders_metering import event, ingested
from tests.metering.test_fold import sent

CHECKS = {each.code: each for each in INVARIANTS}


@pytest.fixture
def counted(order):
    """A rated call, a held one, and a refused one."""
    return ingested(
        event(1, order=order), event(2, order="ord_unknown"), event(3, order="a b")
    ).batch


def broken():
    return {code for code, check in CHECKS.items() if check.exceptions()}


def copy_of(model, **changed):
    """A row like the first one, with some fields changed."""
    names = {field.name for field in model._meta.fields}
    order = "event_id" if "event_id" in names else "recorded_at"
    first = model.objects.order_by(order).first()
    values = {
        field.attname: getattr(first, field.attname)
        for field in model._meta.concrete_fields
        if field.attname not in {"id", "recorded_at"}
    }
    return model.objects.create(**{**values, **changed})


def test_they_hold_after_every_kind_of_row(counted):
    assert (counted.accepted, counted.held, counted.rejected) == (1, 1, 1)
    assert broken() == set()


def test_an_event_that_is_neither_rated_nor_held(counted):
    copy_of(UsageEvent, event_id="call-9")

    # It is in no batch's count either
    assert broken() == {"MET-1", "MET-3"}


def test_a_count_without_a_price(counted):
    copy_of(UsageLine, token_class_code="IN_IMAGE")

    assert broken() == {"MET-1"}


def test_an_event_that_is_attributed_and_not_rated(counted):
    copy_of(UsageAttribution, event_id="call-2")

    assert broken() == {"MET-1"}


def test_a_rating_of_nothing_is_on_no_ledger(counted):
    copy_of(UsageRating, token_class_code="IN_IMAGE")

    assert broken() == {"MET-1", "MET-4", "MET-9", "MET-14"}


def test_a_price_that_was_rounded(counted, order):
    copy_of(UsageEvent, event_id="call-9", corrects="call-1")
    copy_of(UsageAttribution, event_id="call-9")
    copy_of(UsageLine, event_id="call-9")
    copy_of(UsageRating, event_id="call-9", dollars=Decimal("0.01"))

    assert broken() == {"MET-2", "MET-4", "MET-9"}


def test_an_event_of_no_batch_and_a_count_of_no_event(counted):
    copy_of(UsageEvent, event_id="call-9", batch_id=0, corrects="call-1")
    copy_of(UsageLine, event_id="call-8")

    assert {"MET-5"} <= broken()
    sentences = CHECKS["MET-5"].exceptions()
    assert len(sentences) == 2


def test_a_price_of_another_time(counted):
    copy_of(UsageEvent, event_id="call-9", corrects="call-1")
    copy_of(UsageAttribution, event_id="call-9")
    copy_of(UsageLine, event_id="call-9")
    at = datetime(2031, 1, 1, tzinfo=UTC)
    copy_of(UsageRating, event_id="call-9", occurred_at=at)
    assert "MET-14" not in broken()  # a correction comes later

    copy_of(UsageLine, event_id="call-1", token_class_code="IN_IMAGE")
    copy_of(UsageRating, token_class_code="IN_IMAGE")
    assert "MET-14" in broken()


@pytest.mark.parametrize(
    ("table", "sets"),
    [
        ("metering_hourlyusage", "tokens = tokens + 1"),
        ("metering_dailyusage", "dollars = dollars + 0.000001"),
        ("metering_portfolioday", "events = events + 1"),
    ],
)
def test_a_rollup_that_somebody_has_changed(counted, table, sets):
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {sets}")

    assert broken() == {"MET-9"}


def test_usage_that_never_came_to_the_ledger(order):
    # Given a delta that somebody has removed before the roller came
    sent(event(1, order=order))
    UsageDelta.objects.all().delete()

    assert {"MET-4", "MET-9"} <= broken()


def test_a_verdict_that_nobody_gave(counted):
    with pytest.raises(DatabaseError), transaction.atomic():
        copy_of(UsageBatch, received=counted.received + 1, public_id="btc_other")


def test_a_settlement_of_another_number(order):
    granted(1, order=order)
    settled(spent(1, order=order))
    assert broken() == set()
    granted(2, order=order)
    first = Settlement.objects.get()

    Settlement.objects.create(
        reservation=Reservation.objects.get(reservation_id="call-2"),
        event_id=first.event_id,
        tokens=first.tokens - 1,
        dollars=first.dollars,
        over_dollars=0,
        is_late=False,
        settled_at=first.settled_at,
    )

    assert "MET-15" in broken()


def test_two_of_record_at_once_are_refused_by_the_database(order):
    ingested(event(1, order=order))
    first = SourceOfRecord.objects.get()

    with pytest.raises(DatabaseError), transaction.atomic():
        copy_of(SourceOfRecord, public_id="rec_other", source_id=first.source_id)

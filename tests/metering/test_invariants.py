"""The invariants find what is wrong: each is shown a row that no verb would write."""

from decimal import Decimal

import pytest

from contracting.metering.invariants import INVARIANTS
from contracting.metering.models import (
    UsageAttribution,
    UsageEvent,
    UsageLine,
    UsageRating,
)
from tests.builders_metering import event, ingested

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
    first = model.objects.order_by("event_id").first()
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

    assert broken() == {"MET-1", "MET-4", "MET-9"}


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

"""An order is charged by one source; what others report is compared with it."""

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from contracting.core.errors import NotAllowed
from contracting.ledger.queries import balances_of
from contracting.metering.models import SourceOfRecord, UsageRating, WitnessRating
from contracting.metering.operations.assign import assign_usage
from contracting.metering.operations.declare_record import declare_source_of_record
from contracting.metering.operations.ingest import ingest_usage
from contracting.metering.queries import suspense
from contracting.metering.queries.completeness import witness_differences
from contracting.metering.refusals import NoSuchRecord
from tests.builders_metering import (
    CALLED_AT,
    DELIVERED_AT,
    SOURCE,
    assert_the_books_balance,
    codes,
    event,
    folded,
    ingested,
    ndjson,
    usage_source,
)
from tests.cast import actor, machine, nothing_happens

OTHER = "callback"
APRIL = date(2026, 4, 1)


def ours():
    return actor("cor").own_organization_id


def declared(order, code=SOURCE, by="cor", **changed):
    said: dict[str, Any] = {
        "key_ref": "",
        "first_day": APRIL,
        "reason": "It sees every call.",
    }
    return declare_source_of_record(
        order_id=order.pk,
        source_id=usage_source(code).pk,
        by=actor(by),
        at=CALLED_AT,
        **(said | changed),
    )


def told_by(code, *events, at=DELIVERED_AT):
    receipt = ingest_usage(
        source_id=usage_source(code).pk,
        payload=ndjson(*events),
        by=actor("administrator") if code != SOURCE else machine("gateway"),
        at=at,
    )
    folded()
    return receipt


def call(number, order, code=SOURCE, **changed):
    return event(number, order=order, source=code, **changed)


def test_a_witness_is_stored_and_compared_and_never_consumed(order):
    # Given an order that is charged by the gateway
    declared(order)

    # When the gateway and another source report the same two calls
    ingested(call(1, order), call(2, order))
    receipt = told_by(OTHER, call(1, order, OTHER), call(2, order, OTHER))

    # Then they are consumed once
    assert codes(receipt) == ["", ""]
    (balance,) = balances_of(order.lines.get().holder)
    assert balance.consumed_tokens == 2_200
    assert WitnessRating.objects.count() == UsageRating.objects.count() == 4

    # And the comparison shows no difference
    (day,) = witness_differences(order)
    assert (day.tokens, day.dollars) == (0, Decimal(0))
    assert_the_books_balance()


def test_what_a_witness_has_otherwise_is_shown_by_day(order):
    declared(order)
    ingested(call(1, order), call(2, order))

    told_by(OTHER, call(1, order, OTHER, tokens={"input": 900, "output": 100}))

    (day,) = witness_differences(order)
    assert (day.source.code, day.day) == (OTHER, CALLED_AT.date())
    assert (day.record_tokens, day.witness_tokens, day.tokens) == (2_200, 1_000, -1_200)
    assert day.dollars == Decimal("-0.003")


def test_the_first_to_report_is_of_record_until_somebody_chooses(order):
    # Given an order on which the gateway has reported
    ingested(call(1, order))
    (first,) = SourceOfRecord.objects.known()
    assert (first.source.code, first.is_first_report) == (SOURCE, True)

    # When another source reports on it, then nothing of that is charged
    assert codes(told_by(OTHER, call(1, order, OTHER))) == ["TWO_SOURCES"]

    # Until it is said which one is of record: it is a witness then
    declared(order)
    assign_usage(agency_id=ours(), by=actor("cor"), at=DELIVERED_AT)
    assert suspense(ours()) == []
    (balance,) = balances_of(order.lines.get().holder)
    assert balance.consumed_tokens == 1_100
    assert_the_books_balance()


def test_each_key_may_have_its_own_source_of_record(order):
    # Given one key that is charged by the callback, all others by the gateway
    declared(order)
    declared(order, OTHER, key_ref="key_lab")

    ingested(call(1, order), call(2, order, key_ref="key_lab"))
    told_by(OTHER, call(3, order, OTHER), call(4, order, OTHER, key_ref="key_lab"))

    charged = UsageRating.objects.values_list("event_id", flat=True).distinct()
    assert sorted(charged) == ["call-1", "call-4"]


def test_a_source_is_of_record_for_its_days_alone(order):
    declared(order)
    day = CALLED_AT.date()
    declared(order, OTHER, first_day=day, last_day=day)

    ingested(call(1, order), call(2, order, at=CALLED_AT - timedelta(days=1)))
    told_by(OTHER, call(3, order, OTHER))

    charged = UsageRating.objects.values_list("event_id", flat=True).distinct()
    assert sorted(charged) == ["call-2", "call-3"]
    held = SourceOfRecord.objects.known().order_by("in_force")
    assert [row.source.code for row in held] == [SOURCE, OTHER, SOURCE]


def test_the_same_calls_by_four_sources_in_any_order_are_consumed_once(order):
    # Given the gateway of record and three more that see the same calls
    declared(order)
    codes_of = [SOURCE, OTHER, "collector", "spend-log"]
    chance = random.Random(5)
    numbers = range(1, 61)
    batches = [
        (code, [n for n in numbers if n % 3 == part])
        for code in codes_of
        for part in range(3)
    ]
    chance.shuffle(batches)

    # When they deliver in whichever order it comes
    for code, some in batches:
        told_by(code, *(call(n, order, code) for n in some))

    # Then each call is consumed once, and three comparisons show no difference
    (balance,) = balances_of(order.lines.get().holder)
    assert balance.consumed_tokens == 60 * 1_100
    days = witness_differences(order)
    assert sorted(day.source.code for day in days) == sorted(codes_of[1:])
    assert {(day.tokens, day.dollars) for day in days} == {(0, Decimal(0))}
    assert_the_books_balance()


def test_outside_of_the_days_that_were_chosen_the_first_to_report_counts(order):
    # Given a source that was chosen for one day alone
    day = CALLED_AT.date()
    declared(order, OTHER, first_day=day, last_day=day)

    # When the gateway reports calls of that day, the day before and the day after
    ingested(
        call(1, order),
        call(2, order, at=CALLED_AT - timedelta(days=1)),
        call(3, order, at=CALLED_AT + timedelta(days=1)),
        call(4, order, at=CALLED_AT + timedelta(days=1), outcome="VENDOR_FAULT"),
        at=CALLED_AT + timedelta(days=2),
    )

    # Then it is the first to report on the days beside
    charged = UsageRating.objects.values_list("event_id", flat=True).distinct()
    assert sorted(charged) == ["call-2", "call-3"]
    held = SourceOfRecord.objects.known().order_by("in_force")
    assert [row.source.code for row in held] == [SOURCE, OTHER, SOURCE]
    assert_the_books_balance()


@pytest.mark.parametrize(
    "changed",
    [{"reason": " "}, {"last_day": APRIL - timedelta(days=1)}],
    ids=["no reason", "ends before"],
)
def test_a_record_that_cannot_be_is_refused(order, changed):
    usage_source()
    with nothing_happens(), pytest.raises(NoSuchRecord):
        declared(order, **changed)


@pytest.mark.parametrize(
    "part_name",
    ["program_manager", "administrator", "vendor_a_signer", "other_agency_officer"],
)
def test_nobody_else_says_which_source_is_of_record(order, part_name):
    usage_source()
    with nothing_happens(), pytest.raises(NotAllowed):
        declared(order, by=part_name)

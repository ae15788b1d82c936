"""What the set-based statement writes is what the rules say of each call by itself."""

from datetime import timedelta
from decimal import Decimal
from functools import partial
from random import Random
from typing import Any

import pytest

from contracting.core.quantities import Dollars, Tokens, UnitPrice
from contracting.metering.adapters import cloudevents
from contracting.metering.adapters.cloudevents import ReadEvent
from contracting.metering.calculations import Attributed, Held
from contracting.metering.calculations.combinations import combine
from contracting.metering.calculations.combinations import measured as measured_call
from contracting.metering.calculations.sums import deltas_of_alike
from contracting.metering.models import (
    UsageAttribution,
    UsageEvent,
    UsageHold,
    UsageLine,
    UsageRating,
)
from contracting.metering.models.incoming import FEW
from contracting.metering.operations.assign import deltas_of, lines_of, measured
from contracting.metering.queries.lookup import Lookup
from tests.builders_metering import (
    CALLED_AT,
    DELIVERED_AT,
    assert_the_books_balance,
    event,
    ingested,
    ndjson,
    order_for,
    statuses,
    usage_source,
)

ODD = ["plain", 'quo"te', "back\\slash", "\\N", "{1,2}", "tab\\t", "'", "%s", "NULL"]
"""Ids that mean something to JSON, to COPY or to SQL."""

STORED: tuple[Any, ...] = (UsageEvent, UsageRating)


def calls(order, other, size, seed=1):
    """Calls of every kind: priced, split, held for each reason, plausible and not."""
    told = Random(seed)
    counts = [0, 1, 7, 700, 999_999]
    return [
        event(
            f"{ODD[n % len(ODD)]}-{n:04}",
            order=told.choice([order, order.piid, other, "ord_nobody"]),
            at=CALLED_AT - timedelta(seconds=told.randrange(40 * 86_400)),
            tokens={
                name: told.choice(counts)
                for name in told.sample(
                    ["input", "cached_input", "output", "reasoning", "image_input"],
                    told.randint(1, 4),
                )
            }
            if told.random() < 0.97
            else {"input": 10**12},
            model_requested=told.choice(["", "gpt-4o"]),
            basis=told.choice(["measured"] * 9 + ["estimated"]),
            meter_seq=told.choice([None, n]),
        )
        for n in range(size)
    ]


@pytest.mark.parametrize("size", [1, 60, 1_200, FEW + 1])
def test_stored_rows_are_what_each_call_is_by_itself(contract, order, size):
    # Given two orders, one with little funded
    other = order_for("0.05", on=contract)

    # When a batch of calls of every kind arrives
    sent = calls(order, other, size, seed=size)
    receipt = ingested(*sent)

    # Then each is stored as it was sent
    assert set(statuses(receipt)) <= {"accepted", "held"}
    stored = {row.event_id: row for row in UsageEvent.objects.all()}
    assert set(stored) == {row["id"] for row in sent}
    for row in sent:
        kept = stored[row["id"]]
        assert kept.occurred_at.isoformat() == row["time"]
        assert kept.is_late == (DELIVERED_AT - kept.occurred_at > timedelta(days=1))
        assert kept.meter_seq == row["data"]["meter_seq"]
        assert kept.model_requested == row["data"]["model_requested"]
        assert kept.operation_id == row["data"]["operation_id"]

    # And attributed, rated or held as the rules say of it alone, to the last digit
    agency = receipt.batch.agency_id
    lookup, lines = Lookup(agency), lines_of(agency, list(stored.values()))
    expected, priced, held = set(), set(), set()
    for kept in stored.values():
        outcome = lookup.decide(measured(kept, lines[kept.source_id, kept.event_id]))
        if isinstance(outcome, Held):
            assert outcome.reserve is not None
            told = outcome.order_id, outcome.reserve.tokens, outcome.reserve.dollars
            held.add((kept.event_id, str(outcome.reason), outcome.detail, *told))
            continue
        assert isinstance(outcome, Attributed)
        day = outcome.accounting_day
        expected.add((kept.event_id, outcome.order_line_id, outcome.model_id, day))
        for line in outcome.lines:
            exact = UnitPrice(line.rate.price.usd_per_million_tokens).of(line.tokens)
            priced.add(
                (
                    kept.event_id,
                    line.token_class_code,
                    line.rate.order_line_id,
                    line.rate.rate_row_id,
                    kept.occurred_at,
                    day,
                    line.tokens.count,
                    exact.amount.normalize(),
                )
            )
    assert expected == set(
        UsageAttribution.objects.values_list(
            "event_id", "order_line_id", "model_id", "accounting_day"
        )
    )
    assert held == set(
        UsageHold.objects.values_list(
            "event_id",
            *("reason", "detail", "order_id", "reserved_tokens", "reserved_dollars"),
        )
    )
    found = UsageRating.objects.values_list(
        "event_id",
        "token_class_code",
        "order_line_id",
        "rate_row_id",
        "occurred_at",
        "accounting_day",
        "tokens",
        "dollars",
    )
    assert priced == {(*row[:-1], row[-1].normalize()) for row in found}
    assert UsageLine.objects.count() == sum(len(row["data"]["lines"]) for row in sent)
    assert_the_books_balance()


@pytest.mark.parametrize("size", [60, FEW + 1])
def test_a_batch_that_is_sent_again_in_any_order_changes_nothing(order, size):
    # Given a batch that was received
    sent = calls(order, order, size)
    ingested(*sent)
    before = [list(model.objects.values_list()) for model in STORED]

    # When it comes again, shuffled, with one new call in its midst
    Random(3).shuffle(sent)
    receipt = ingested(*sent[:9], event("new", order=order), *sent[9:])

    # Then all but that one are duplicates, and the first rows stand as they were
    assert statuses(receipt).count("duplicate") == size
    assert statuses(receipt)[9] == "accepted"
    for model, rows in zip(STORED, before, strict=True):
        assert set(rows) <= set(model.objects.values_list())
    assert UsageEvent.objects.count() == size + 1


def test_the_dearest_count_has_every_digit(contract):
    # Given the largest count that is taken in, at a price of six decimals
    order = order_for(on=contract)
    price = UnitPrice("2.00")

    receipt = ingested(event(1, order=order, tokens={"input": 499_999_999_999}))

    assert statuses(receipt) == ["accepted"]
    (dollars,) = UsageRating.objects.values_list("dollars", flat=True)
    assert dollars == price.of(Tokens(499_999_999_999)).amount
    assert dollars == Decimal("999999.999998")


def test_what_is_drawn_is_the_same_by_combinations_and_call_by_call(contract, order):
    # Given calls of two orders over forty days, plain and not
    source, other = usage_source(), order_for(on=contract)
    read = cloudevents.read_batch(ndjson(*calls(order, other, 700, seed=9)))
    rows: list[Any] = [row for row in read if isinstance(row, ReadEvent)]
    lookup = Lookup(source.agency_id)
    found = combine(
        rows,
        source_id=source.pk,
        decide=lookup.attribute,
        turns=partial(lookup.turns, source.pk),
    )

    # When the sums for the roller are made of combinations, and of single calls
    by_sets = [
        delta
        for each in found
        if each.is_plain
        for delta in deltas_of_alike(each, [rows[p] for p in each.members], "gateway")
    ]
    one_by_one = deltas_of(
        (row.event_id, row.occurred_at, source, outcome)
        for row in rows
        if isinstance(
            outcome := lookup.attribute(measured_call(row, source.pk)), Attributed
        )
    )

    # Then each line, price, hour and day comes to the same, to the last digit
    assert _by_cell(by_sets) == _by_cell(one_by_one)
    assert len(_by_cell(by_sets)) > 50


def _by_cell(deltas):
    cells: dict[Any, Any] = {}
    for each in deltas:
        key = each.holder, each.key, each.unit_price, each.hour, each.day
        before = cells.get(key)
        cells[key] = (
            each.events + (before[0] if before else 0),
            each.tokens + (before[1] if before else 0),
            each.dollars + (before[2] if before else Dollars()),
            min(each.first, before[3]) if before else each.first,
            max(each.last, before[4]) if before else each.last,
        )
    return cells

"""Whose usage an event is, at which price, or why it is held; on values only."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracting.core.periods import days_bounds
from contracting.core.quantities import Dollars, Tokens, UnitPrice
from contracting.metering.calculations import (
    Attributed,
    Held,
    KnownOrder,
    Measured,
    Rate,
    attribute,
)
from contracting.metering.states import HoldReason

ZONE = "America/New_York"
START = datetime(2026, 1, 1, 5, tzinfo=UTC)
AT = datetime(2026, 4, 20, 14, 0, tzinfo=UTC)


def rate(code="IN_UNCACHED", price="0.15", **changed):
    made = Rate(
        order_line_id=1,
        rate_row_id=1,
        model_id=7,
        token_class_code=code,
        tier="STANDARD",
        context_band="ALL",
        boundary="FEDRAMP_MOD",
        starts_at=START,
        ends_at=None,
        price=UnitPrice(price),
    )
    return replace(made, **changed)


def order(*rates, first=date(2026, 1, 1), last=date(2026, 12, 31), zone=ZONE):
    return KnownOrder(1, 1, zone, days_bounds(first, last, zone), rates or (rate(),))


def measured(**changed):
    made = Measured(
        event_id="call-1",
        occurred_at=AT,
        order_ref="ord_1",
        model_served="model-a",
        tier="STANDARD",
        context_band="ALL",
        boundary="FEDRAMP_MOD",
        basis="measured",
        lines=(("IN_UNCACHED", 700),),
    )
    return replace(made, **changed)


def outcome(event, known=None, model=7):
    return attribute(
        event, find_order=lambda _ref: known, find_model=lambda _name, _day: model
    )


def test_a_million_requests_of_700_tokens_cost_105_dollars():
    # Given requests of 700 tokens at fifteen cents a million
    one = outcome(measured(), order())
    assert isinstance(one, Attributed)
    (line,) = one.lines

    # Then each costs $0.000105, a million of them $105.00, and no cent is lost
    assert line.dollars == Dollars("0.000105")
    total = line.rate.price.of(Tokens(700 * 1_000_000))
    assert total == Dollars("105.00")
    assert sum((line.dollars for _ in range(10_000)), Dollars()) == Dollars("1.05")


@given(st.lists(st.integers(min_value=0, max_value=10**9), max_size=40))
def test_the_sum_of_exact_prices_is_the_price_of_the_sum(counts):
    price = UnitPrice("0.123457")

    together = sum((price.of(Tokens(count)) for count in counts), Dollars())

    assert together == price.of(Tokens(sum(counts)))


@pytest.mark.parametrize(
    ("event", "known", "model", "reason", "detail"),
    [
        (measured(basis="estimated"), order(), 7, "NOT_MEASURED", "estimated"),
        (measured(unknown_class="aura"), order(), 7, "UNKNOWN_CLASS", "aura"),
        (measured(), None, 7, "UNKNOWN_ORDER", "ord_1"),
        (measured(), order(), None, "UNKNOWN_MODEL", "model-a"),
        (measured(), order(), 8, "UNKNOWN_MODEL", "model-a"),
        (measured(tier="BATCH"), order(), 7, "NO_RATE", "model-a IN_UNCACHED"),
        (measured(boundary="IL5"), order(), 7, "NO_RATE", "model-a IN_UNCACHED"),
        (
            measured(lines=(("IN_UNCACHED", 1), ("OUT_TEXT", 1))),
            order(),
            7,
            "NO_RATE",
            "model-a OUT_TEXT",
        ),
        (
            measured(occurred_at=START - timedelta(microseconds=1)),
            order(),
            7,
            "OUT_OF_PERIOD",
            "ord_1",
        ),
        (
            measured(),
            order(rate(starts_at=AT + timedelta(microseconds=1))),
            7,
            "NO_RATE",
            "model-a IN_UNCACHED",
        ),
        (measured(), order(rate(ends_at=AT)), 7, "NO_RATE", "model-a IN_UNCACHED"),
        (
            measured(),
            order(rate(), rate(order_line_id=2, rate_row_id=2)),
            7,
            "SEVERAL_LINES",
            "model-a IN_UNCACHED",
        ),
        (
            measured(),
            replace(order(), is_closed=True),
            7,
            "ORDER_CLOSED",
            "ord_1",
        ),
        (
            measured(lines=(("OUT_TEXT", 0),)),
            order(),
            7,
            "NO_RATE",
            "nothing was counted",
        ),
    ],
)
def test_what_is_not_known_is_held_and_never_priced_at_zero(
    event, known, model, reason, detail
):
    found = outcome(event, known, model)

    assert found == Held(HoldReason(reason), detail)


def test_each_class_counts_on_the_line_that_prices_it():
    # Given an order with input on one line and output on another
    known = order(rate(), rate("OUT_TEXT", "0.60", order_line_id=2, rate_row_id=2))

    found = outcome(measured(lines=(("IN_UNCACHED", 700), ("OUT_TEXT", 50))), known)

    assert isinstance(found, Attributed)
    assert [
        (line.rate.order_line_id, line.token_class_code, line.dollars)
        for line in found.lines
    ] == [
        (1, "IN_UNCACHED", Dollars("0.000105")),
        (2, "OUT_TEXT", Dollars("0.00003")),
    ]
    assert found.order_line_id == 1


def test_where_two_lines_fit_a_person_says_which():
    known = order(rate(), rate(order_line_id=2, rate_row_id=2))

    found = outcome(measured(order_line_id=2), known)

    assert isinstance(found, Attributed)
    assert [line.rate.rate_row_id for line in found.lines] == [2]


def test_a_call_that_names_no_boundary_is_within_the_order_s():
    known = replace(order(), boundary="FEDRAMP_MOD")

    assert isinstance(outcome(measured(boundary=""), known), Attributed)
    assert isinstance(outcome(measured(boundary="IL5"), known), Held)
    elsewhere = replace(order(), boundary="IL5")
    assert isinstance(outcome(measured(boundary=""), elsewhere), Held)


def test_a_call_that_costs_more_than_a_million_dollars_is_looked_at_first():
    known = order(rate(price="1000.00"))

    for tokens, kind in ((10**9, Attributed), (10**9 + 1, Held)):
        found = outcome(measured(lines=(("IN_UNCACHED", tokens),)), known)
        assert isinstance(found, kind)
    assert found.reason == HoldReason.IMPLAUSIBLE


def test_a_class_of_which_nothing_was_used_needs_no_price():
    found = outcome(measured(lines=(("IN_CACHE_READ", 0), ("IN_UNCACHED", 5))), order())

    assert isinstance(found, Attributed)
    assert [(line.token_class_code, line.tokens.count) for line in found.lines] == [
        ("IN_UNCACHED", 5)
    ]


def test_the_price_is_the_one_of_the_instant():
    # Given a price that falls on 1 May
    may = datetime(2026, 5, 1, 4, tzinfo=UTC)
    known = order(
        rate(price="3.00", ends_at=may),
        rate(price="2.50", starts_at=may, rate_row_id=2),
    )

    # Then a call a microsecond before has the old price, one at midnight the new one
    prices = [
        str(outcome(measured(occurred_at=at), known).lines[0].rate.price)
        for at in (may - timedelta(microseconds=1), may)
    ]
    assert prices == ["$3.00 per MTOK", "$2.50 per MTOK"]


def test_a_price_for_any_length_holds_where_none_for_the_band_does():
    wide = rate(price="1.00")
    long = rate(price="2.00", context_band="OVER_200K", rate_row_id=2)

    for band, price in (("OVER_200K", "2.00"), ("UP_TO_200K", "1.00"), ("ALL", "1.00")):
        found = outcome(measured(context_band=band), order(wide, long))
        assert isinstance(found, Attributed)
        assert found.lines[0].rate.price == UnitPrice(price)


@pytest.mark.rule("R-MET-04", case="allowed")
@pytest.mark.parametrize(
    ("first", "zone", "start"),
    [
        # Both days on which clocks change, in spring and in autumn.
        (date(2026, 3, 8), ZONE, datetime(2026, 3, 8, 5, tzinfo=UTC)),
        (date(2026, 3, 9), ZONE, datetime(2026, 3, 9, 4, tzinfo=UTC)),
        (date(2026, 11, 1), ZONE, datetime(2026, 11, 1, 4, tzinfo=UTC)),
        (date(2026, 11, 2), ZONE, datetime(2026, 11, 2, 5, tzinfo=UTC)),
        # The turn of the fiscal year, in three contract zones.
        (date(2026, 10, 1), ZONE, datetime(2026, 10, 1, 4, tzinfo=UTC)),
        (date(2026, 10, 1), "UTC", datetime(2026, 10, 1, tzinfo=UTC)),
        (
            date(2026, 10, 1),
            "Pacific/Honolulu",
            datetime(2026, 10, 1, 10, tzinfo=UTC),
        ),
    ],
)
def test_the_first_instant_of_a_period_belongs_to_it(first, zone, start):
    known = order(first=first, last=first, zone=zone)

    found = outcome(measured(occurred_at=start), known)
    assert isinstance(found, Attributed)
    assert found.accounting_day == first
    before = outcome(measured(occurred_at=start - timedelta(microseconds=1)), known)
    assert isinstance(before, Held)


@pytest.mark.rule("R-MET-04", case="refused", held_by="arithmetic")
@pytest.mark.parametrize(
    ("last", "zone", "end", "hours"),
    [
        (date(2026, 3, 8), ZONE, datetime(2026, 3, 9, 4, tzinfo=UTC), 23),
        (date(2026, 11, 1), ZONE, datetime(2026, 11, 2, 5, tzinfo=UTC), 25),
        (date(2026, 9, 30), ZONE, datetime(2026, 10, 1, 4, tzinfo=UTC), 24),
        (date(2026, 9, 30), "UTC", datetime(2026, 10, 1, tzinfo=UTC), 24),
        (
            date(2026, 9, 30),
            "Pacific/Honolulu",
            datetime(2026, 10, 1, 10, tzinfo=UTC),
            24,
        ),
    ],
)
def test_the_end_of_a_period_belongs_to_the_next(last, zone, end, hours):
    # Given a period of one local day
    known = order(first=last, last=last, zone=zone)
    assert known.period.end - known.period.start == timedelta(hours=hours)

    # Then the last microsecond is in it, and the end is held
    inside = outcome(measured(occurred_at=end - timedelta(microseconds=1)), known)
    assert isinstance(inside, Attributed)
    assert inside.accounting_day == last
    assert outcome(measured(occurred_at=end), known) == Held(
        HoldReason.OUT_OF_PERIOD, "ord_1"
    )

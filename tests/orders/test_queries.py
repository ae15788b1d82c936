"""Who sees which order, what it says to metering, and how much of it is left."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from contracting.core.errors import NotVisible
from contracting.core.quantities import Dollars, Tokens, UnitPrice
from contracting.core.subjects import Subject
from contracting.ledger.operations.draw import draw_usage
from contracting.ledger.states import Consumption
from contracting.orders import queries
from contracting.orders.invariants import INVARIANTS
from contracting.orders.models import OrderFunding, OrderLine
from tests.builders_orders import (
    ISSUED_AT,
    MODIFIED_AT,
    approved_order,
    drafted_order,
    issued_modification,
    issued_order,
    line,
)
from tests.cast import actor, nothing_happens

BATCH = Subject("metering.batch", 9, "contract:7")


def used(order, tokens, price="2.00"):
    """Usage of the order's first line at one price, posted to the ledger."""
    holder = order.current_lines()[0].holder
    drawn = draw_usage(
        by_holder={
            holder: [Consumption("IN_UNCACHED", UnitPrice(price), Tokens(tokens))]
        },
        because=BATCH,
        by=actor("program_manager"),
        at=MODIFIED_AT,
    )
    return drawn[holder]


@pytest.mark.rule("R-ROL-07", case="allowed")
def test_a_vendor_sees_its_own_order_once_it_is_signed(contract, vendor_a_member):
    order = issued_order(on=contract)

    assert queries.get_task_order_for(vendor_a_member, order.public_id) == order


@pytest.mark.rule("R-ROL-07", case="refused")
@pytest.mark.parametrize("state", [drafted_order, approved_order])
def test_before_the_signature_the_vendor_sees_nothing(contract, vendor_a_signer, state):
    order = state(on=contract)

    with nothing_happens(), pytest.raises(NotVisible):
        queries.get_task_order_for(vendor_a_signer, order.public_id)


@pytest.mark.rule("R-ROL-07", case="refused")
@pytest.mark.parametrize(
    "outsider",
    ["other_agency_officer", "vendor_b_signer", "other_vendor_signer"],
)
def test_for_an_outsider_an_order_does_not_exist(contract, outsider):
    modification = issued_modification(on=issued_order(on=contract))
    order, by = modification.order, actor(outsider)

    with nothing_happens(), pytest.raises(NotVisible) as refusal:
        queries.get_task_order_for(by, order.public_id)
    assert refusal.value.status == 404
    with pytest.raises(NotVisible):
        queries.get_modification_for(by, modification.public_id)
    assert not queries.search(by, order.piid or "").exists()


def test_an_order_is_found_by_its_number(contract, contracting_officer):
    order = issued_order(on=contract)

    assert queries.search(contracting_officer, f" {order.piid} ".lower()).get() == order


def test_a_source_names_a_signed_order_by_number_or_id(contract):
    order, agency_id = issued_order(on=contract), contract.agency_id
    draft = drafted_order(on=contract)

    assert queries.find_order(agency_id, order.public_id) == order
    assert queries.find_order(agency_id, f"{order.piid}".lower()) == order
    assert queries.find_order(agency_id, draft.public_id) is None
    assert queries.find_order(agency_id + 1, order.public_id) is None


def test_metering_reads_every_price_of_an_order_at_once(
    contract, django_assert_num_queries
):
    order = issued_order(on=contract)

    with django_assert_num_queries(1):
        rates = queries.rates_of(order)

    assert [(rate.slin, rate.token_class, str(rate.price)) for rate in rates] == [
        ("0001AA", "IN_UNCACHED", "$2.000000 per MTOK"),
        ("0001AB", "IN_CACHE_READ", "$1.000000 per MTOK"),
        ("0001AC", "OUT_TEXT", "$8.000000 per MTOK"),
        ("0001AD", "OUT_REASONING", "$8.000000 per MTOK"),
    ]
    # Rate rows are whole days in Washington: the first began at 4:00 UTC
    assert rates[0].in_force_from == datetime(2026, 4, 1, 4, tzinfo=UTC)
    assert rates[0].in_force_to is None


def test_one_price_applies_to_usage_of_a_kind_at_an_instant(contract):
    rates = queries.rates_of(issued_order(on=contract))
    first = rates[0]
    kind: dict[str, Any] = {
        "model_id": first.model_id,
        "token_class": "IN_UNCACHED",
        "tier": "STANDARD",
        "context_band": "UP_TO_200K",
        "boundary": "FEDRAMP_MOD",
        "occurred_at": first.in_force_from,
    }
    ends = datetime(2026, 7, 1, 4, tzinfo=UTC)
    banded = replace(first, context_band="UP_TO_200K", slin="0001AE", in_force_to=ends)

    assert queries.rate_for(rates, **kind) == first
    assert queries.rate_for([*rates, banded], **kind) == banded
    assert queries.rate_for([*rates, banded], **{**kind, "occurred_at": ends}) == first
    assert queries.rate_for(rates, **{**kind, "boundary": "IL5"}) is None
    assert queries.rate_for(rates, **{**kind, "tier": "BATCH"}) is None


def test_the_period_is_whole_days_of_the_contract(contract):
    period = queries.period_bounds(issued_order(on=contract))

    assert period.start == datetime(2026, 4, 13, 4, tzinfo=UTC)
    assert period.end == datetime(2026, 10, 1, 4, tzinfo=UTC)


@pytest.mark.rule("R-TO-11", case="allowed")
def test_the_live_limit_is_the_tightest_of_three(contract):
    # Given an order of 20 million tokens and 60 dollars, funded for 40
    order = issued_order(on=contract)

    # Then at the reference mix the funds end first, and sooner at the dearest class
    (limit,) = queries.line_limits(order, ISSUED_AT)
    assert limit.tokens_left == Tokens(20_000_000)
    assert (limit.ceiling_left, limit.funded_left) == (Dollars(60), Dollars(40))
    assert limit.planned is not None
    assert limit.planned.binding == "funds"
    # (2000 x $2 + 500 x $1 + 400 x $8) / 2900 = $7700 / 2900 per million
    assert limit.planned.tokens == Tokens(40 * 10**6 * 2900 // 7700)
    assert limit.worst is not None
    assert limit.worst.binding == "funds"
    assert limit.worst.tokens == Tokens(5_000_000)

    # When thirty dollars and fifteen million tokens are used
    used(order, 15_000_000)

    # Then it has moved, and the tokens bind at the mix
    (limit,) = queries.line_limits(order, ISSUED_AT)
    assert limit.tokens_left == Tokens(5_000_000)
    assert (limit.ceiling_left, limit.funded_left) == (Dollars(30), Dollars(10))
    assert limit.planned is not None
    assert limit.planned.tokens == Tokens(10 * 10**6 * 2900 // 7700)
    assert limit.worst is not None
    assert (limit.worst.binding, limit.worst.tokens) == ("funds", Tokens(1_250_000))


@pytest.mark.parametrize(
    ("tokens", "dollars", "funds", "binding"),
    [
        (1_000_000, "60.00", "40.00", "tokens"),
        (20_000_000, "40.00", "40.00", "funds"),
        (20_000_000, "60.00", "40.00", "funds"),
    ],
)
def test_each_of_the_three_can_bind(contract, tokens, dollars, funds, binding):
    drafted = line(tokens=Tokens(tokens), dollars=Dollars(dollars))
    part = replace(drafted.funds[0], dollars=Dollars(funds))
    order = drafted_order(on=contract, lines=[replace(drafted, funds=[part])])

    (limit,) = queries.line_limits(order, ISSUED_AT)

    assert limit.planned is not None
    assert limit.planned.binding == binding


def test_the_burn_is_what_the_ledger_has_posted(contract):
    order = issued_order(on=contract)
    used(order, 1_000_000)
    used(order, 500_000, price="8.00")

    assert queries.burn_of(order) == [(MODIFIED_AT.date(), Decimal("6.000000000000"))]
    totals = queries.totals_of(order)
    assert totals.consumed_tokens == Tokens(1_500_000)
    assert totals.consumed_dollars == Dollars(6)


def test_use_beyond_the_limit_is_shown_as_unfunded(contract):
    order = issued_order(on=contract)

    used(order, 25_000_000)

    totals = queries.totals_of(order)
    assert totals.consumed_tokens == Tokens(20_000_000)
    assert totals.unfunded_tokens == Tokens(5_000_000)
    assert totals.unfunded_dollars == Dollars(10)


def test_the_invariants_find_rows_that_do_not_agree(contract):
    # Given an order whose rows were changed behind the verbs
    order = issued_order(on=contract)
    OrderFunding.objects.filter(line__order=order).update(dollars=Decimal(41))
    OrderLine.objects.filter(order=order).update(ceiling_dollars=Decimal(61))

    found = {each.code: each.exceptions() for each in INVARIANTS}

    assert {code for code, sentences in found.items() if sentences} == {
        "ORD-1",
        "ORD-2",
        "ORD-4",
    }

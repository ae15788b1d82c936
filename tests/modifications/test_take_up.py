"""Signed orders take up the prices that a modification of their contract changes."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from contracting.core.canonical import content_sha256
from contracting.metering.queries import known_order
from contracting.orders.calculations import content
from contracting.orders.models import TaskOrder
from contracting.orders.operations.issue import issue_task_order
from contracting.orders.queries import line_limits, rates_of
from contracting.orders.refusals import PriceAboveRateCard
from tests.builders_modifications import issued_contract_modification
from tests.builders_orders import MODIFIED_AT, certified_order
from tests.cast import actor, nothing_happens
from tests.modifications.prices import card

JUNE = date(2026, 6, 1)
FIRST_OF_JUNE = datetime(2026, 6, 1, 4, 0, tzinfo=UTC)
DEARER: dict[str, Any] = {
    "consideration": "The vendor doubles the rate limit.",
    "price_memo": "Ten percent below the public list.",
}


def prices(order, slin="0001AA"):
    return [
        (rate.in_force_to, rate.price.usd_per_million_tokens)
        for rate in rates_of(order)
        if rate.slin == slin
    ]


def test_a_lower_price_reaches_signed_orders_from_its_day_on(contract, order):
    # When both sign a lower price from June on
    issued_contract_modification(
        on=contract, terms={}, rates=[card("0001AA", "1.5", JUNE)]
    )

    # Then the order pays it from that day, and what it paid until then
    order.refresh_from_db()
    assert prices(order) == [
        (FIRST_OF_JUNE, Decimal("2.000000")),
        (None, Decimal("1.500000")),
    ]
    assert order.version == 2
    assert order.content_sha256 == content_sha256(content(order))
    # And the meter prices by the same rows
    known = known_order(contract.agency_id, order.public_id)
    assert known is not None
    metered = [
        (rate.ends_at, rate.price.usd_per_million_tokens)
        for rate in known.rates
        if rate.token_class_code == "IN_UNCACHED"
    ]
    assert metered == prices(order)


def test_a_dearer_price_never_raises_a_signed_order(contract, order):
    issued_contract_modification(
        on=contract, terms={}, rates=[card("0001AA", "2.5", JUNE)], **DEARER
    )

    assert prices(order) == [
        (FIRST_OF_JUNE, Decimal("2.000000")),
        (None, Decimal("2.000000")),
    ]


@pytest.mark.rule("R-TO-10", case="refused")
def test_an_order_drafted_before_takes_the_new_price_up_before_it_is_signed(contract):
    # Given an order that is ready, and a contract that changes its price
    ready = certified_order(on=contract, title="A second order")
    issued_contract_modification(
        on=contract, terms={}, rates=[card("0001AA", "1.5", JUNE)]
    )

    with nothing_happens(), pytest.raises(PriceAboveRateCard) as refusal:
        issue_task_order(
            order_id=ready.pk,
            by=actor("contracting_officer"),
            at=MODIFIED_AT,
            seen_version=ready.version,
        )

    assert refusal.value.rule == "R-TO-10"


def test_a_price_that_has_ended_is_nobodys_dearest(contract, order):
    # Given output that costs eight dollars until the end of May, and six from June on
    six = [card(slin, "6", JUNE) for slin in ("0001AC", "0001AD")]
    issued_contract_modification(on=contract, terms={}, rates=six)

    def dearest(at):
        (limit,) = line_limits(TaskOrder.objects.get(pk=order.pk), at)
        assert limit.planned is not None
        assert limit.worst is not None
        return limit.worst.usd_per_million_tokens, limit.planned.usd_per_million_tokens

    # Then what is left goes further from June on, at the dearest class and at the mix
    may, june = dearest(MODIFIED_AT), dearest(FIRST_OF_JUNE)
    assert (may[0], june[0]) == (Decimal(8), Decimal(6))
    assert june[1] < may[1]

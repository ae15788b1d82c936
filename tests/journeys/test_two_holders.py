"""The story's second competition: two holders, a competed order, a model on and off."""

from __future__ import annotations

from decimal import Decimal

from contracting.bans.queries import in_force
from contracting.contracts.models import RateRow
from contracting.modifications.models import ContractModification
from contracting.modifications.states import ModificationKind
from contracting.operate.story import hold
from contracting.operate.story.cast import HARBORLINE, NORTHLIGHT
from contracting.operate.story.times import Calendar
from contracting.orders.models import TaskOrder
from tests.story import ANCHOR


def test_one_competition_two_contracts_and_an_order_competed_between_them(told):
    # Given two contracts under one solicitation
    northlight, harborline = told.holders[NORTHLIGHT], told.holders[HARBORLINE]
    assert northlight.solicitation_id == harborline.solicitation_id
    assert northlight.vendor != harborline.vendor

    # Then the larger order went to the holder whose answer was the better one, at the
    # price of that answer
    order = TaskOrder.objects.get(contract=harborline)
    assert order.opportunity is not None
    assert order.opportunity.responses.count() == 2
    (line,) = order.current_lines()
    prices = {
        rate.rate_row.token_class.code: rate.usd_per_million_tokens
        for rate in line.current_rates()
    }
    assert prices["OUT_TEXT"] == Decimal("12.90") * Decimal("0.94")


def test_a_smaller_model_comes_on_follows_the_list_and_is_switched_off(told):
    # Given the modifications of the contract with Northlight, in their order
    contract = told.holders[NORTHLIGHT]
    signed = ContractModification.objects.filter(contract=contract).order_by("number")
    assert [(each.number, each.kind) for each in signed] == [
        ("P00001", ModificationKind.ON_RAMP),
        ("P00002", ModificationKind.TERMS),
        ("P00003", ModificationKind.RATCHET),
        ("P00004", ModificationKind.RATCHET),
    ]

    # Then its prices are five percent below the list that fell
    rows = RateRow.objects.filter(
        line__contract=contract, line__clin="0002", superseded_at__isnull=True
    )
    last = {row.token_class.code: row for row in rows.order_by("in_force")}
    assert last["IN_UNCACHED"].usd_per_million_tokens == Decimal("0.76")
    assert last["OUT_TEXT"].usd_per_million_tokens == Decimal("3.80")

    # And the order that was signed before pays the lower price from that day on
    order = TaskOrder.objects.get(contract=contract, lines__contract_line__clin="0002")
    (line,) = order.current_lines()
    assert line.current_rates()[-1].usd_per_million_tokens == Decimal("3.80")

    # And in the end nobody orders it any more
    (ban,) = in_force(contract.agency, Calendar(ANCHOR).at(0, 9))
    assert ban.model is not None
    assert ban.model.snapshot == hold.SMALL_MODEL


def test_an_order_in_units_of_a_pool_and_an_option_that_is_exercised(told):
    # Given an order of a thousand units (ACU), of which output burns five a million
    northlight = told.holders[NORTHLIGHT]
    order = TaskOrder.objects.get(
        contract=northlight, lines__contract_line__clin="0003"
    )
    (line,) = order.current_lines()
    assert line.ceiling_micro_acu == 1_000_000_000
    burns = [rate.rate_row.burn.acu_per_million_tokens for rate in line.current_rates()]
    assert burns == [Decimal(1), Decimal(5)]
    assert [rate.usd_per_million_tokens for rate in line.current_rates()] == [
        Decimal("2.85"),
        Decimal("14.25"),
    ]

    # And an option of a year that the other holder was told of in time
    harborline = told.holders[HARBORLINE]
    option = harborline.options.get()
    assert option.is_exercised
    (exercised,) = ContractModification.objects.filter(contract=harborline)
    assert exercised.kind == ModificationKind.OPTION
    assert harborline.lines.filter(option_number=1).count() == 1
    assert harborline.ceiling_dollars == Decimal("600000.00")

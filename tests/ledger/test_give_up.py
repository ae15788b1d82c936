"""Giving up usage that was never accepted."""

from typing import Any

import pytest

from contracting.ledger.operations.give_up import give_up_usage
from contracting.ledger.queries import transfers_behind
from contracting.ledger.refusals import (
    AmountNotPositive,
    BalanceNotOpen,
    GivenUpExceeded,
)
from tests.cast import nothing_happens
from tests.ledger.conftest import LINE, ORDER, usd

USED = ("output", "10", 1_234_567)  # exactly $12.34567


def give_up(burning, amount, acrn="AA"):
    """Give up usage of one ACRN of the line."""
    return give_up_usage(
        given_up={(LINE, acrn): usd(amount)},
        because=ORDER,
        by=burning.officer,
        at=burning.at,
    )


@pytest.mark.rule("R-CLO-04", case="allowed")
def test_what_is_given_up_can_be_deobligated_and_its_tokens_stay_used(burning):
    # Given $12.34567 used, of which $10 is accepted and paid
    burning.use(USED)
    burning.accept("10", "10", 1_000_000)
    burning.pay("10")

    # When the rest is given up and the funds go back
    give_up(burning, "2.34567")
    burning.deobligate(burning.asked("35"))

    # Then nothing is bound that was not paid, and what was used is still used
    row = burning.row()
    assert row.unliquidated == row.unaccepted == usd(0)
    assert row.given_up_dollars == usd("2.34567").amount
    assert row.consumed_tokens == row.line.consumed_tokens == USED[2]
    assert row.consumed_dollars == usd("12.34567").amount
    behind: Any = transfers_behind("given_up_dollars", line=row.line)
    assert [each.change_dollars for each in behind] == [usd("2.34567").amount]


@pytest.mark.rule("R-CLO-04", case="refused")
def test_what_is_accepted_is_owed_and_not_given_up(burning):
    burning.use(USED)
    burning.accept("10", "10", 1_000_000)

    with nothing_happens(), pytest.raises(GivenUpExceeded) as refusal:
        give_up(burning, "2.34568")

    assert refusal.value.rule == "R-CLO-04"
    assert refusal.value.data["short_by"] == usd("0.00001")


def test_something_is_given_up_of_an_acrn_that_is_there(burning):
    burning.use(USED)

    with nothing_happens(), pytest.raises(AmountNotPositive):
        give_up(burning, "0")
    with nothing_happens(), pytest.raises(BalanceNotOpen):
        give_up(burning, "1", acrn="ZZ")
    with nothing_happens(), pytest.raises(AmountNotPositive):
        give_up_usage(given_up={}, because=ORDER, by=burning.officer, at=burning.at)

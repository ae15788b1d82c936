"""Deobligating what is neither used nor owed."""

import pytest

from contracting.ledger.refusals import DeobligationExceeded
from tests.cast import nothing_happens
from tests.ledger.conftest import usd

USED = ("output", "10", 1_234_567)  # exactly $12.34567


@pytest.mark.rule("R-FND-09", case="allowed")
def test_what_is_neither_used_nor_owed_goes_back_to_the_last_digit(burning):
    burning.use(USED)

    burning.deobligate(burning.asked("32.65433"))

    assert burning.row().funds_left == usd(0)
    assert burning.pot().free == usd("87.65433")


@pytest.mark.rule("R-FND-09", case="refused")
def test_what_is_used_accepted_or_paid_stays_obligated(burning):
    # Given $45 obligated, $12.34567 used, of which $10 is accepted and $4 is paid
    burning.use(USED)
    burning.accept("10", "10", 1_000_000)
    burning.pay("4")

    with nothing_happens(), pytest.raises(DeobligationExceeded) as refusal:
        burning.deobligate(burning.asked("32.66"))

    assert refusal.value.rule == "R-FND-09"
    assert refusal.value.data["unliquidated"] == usd("41")
    assert refusal.value.data["accepted_unpaid"] == usd("6")
    assert refusal.value.data["accrual"] == usd("2.34567")
    assert refusal.value.data["short_by"] == usd("0.00567")


def test_close_out_leaves_nothing_unliquidated(burning):
    # Given usage that is accepted, rounded down to the cent, and paid
    burning.use(("output", "10", 1_234_400))
    burning.accept("12.344", "12.34", 1_234_400)
    burning.pay("12.34")

    burning.deobligate(burning.asked("32.66"))

    assert burning.row().unliquidated == usd(0)
    assert burning.pot().free == usd("87.66")


def test_several_amounts_on_one_acrn_count_together(burning):
    with nothing_happens(), pytest.raises(DeobligationExceeded):
        burning.deobligate(burning.asked("45"), burning.asked("0.01"))

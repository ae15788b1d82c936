"""Raising and lowering the ceilings of a line."""

import pytest

from contracting.core.quantities import Tokens
from contracting.ledger.operations.raise_ceiling import raise_ceiling
from contracting.ledger.refusals import BalanceNotOpen, CeilingExceeded
from tests.cast import nothing_happens
from tests.ledger.conftest import LINE, ORDER, usd


@pytest.fixture
def change(burning):
    def change_it(dollars, tokens, acrn=None):
        return raise_ceiling(
            holder=LINE,
            acrn=acrn,
            dollars=usd(dollars),
            tokens=Tokens(tokens),
            because=ORDER,
            by=burning.officer,
            at=burning.at,
        )

    return change_it


def test_a_modification_raises_both_ceilings(burning, change):
    row = change("40", 50_000_000)

    assert row.ceiling_left == usd(55)
    assert burning.line().tokens_left == Tokens(150_000_000)


def test_a_ceiling_may_be_lowered_to_what_is_bound_and_used(burning, change):
    burning.use(("input", "2.50", 1_000))

    row = change("-15", -99_999_000)

    assert row.ceiling_left == usd(0)
    assert burning.line().tokens_left == Tokens(0)


@pytest.mark.parametrize(
    ("dollars", "tokens", "short_by"),
    [("-15.01", 0, usd("0.01")), ("0", -100_000_001, Tokens(1))],
)
def test_a_ceiling_is_not_lowered_further(change, dollars, tokens, short_by):
    with nothing_happens(), pytest.raises(CeilingExceeded) as refusal:
        change(dollars, tokens)

    assert refusal.value.data["short_by"] == short_by


def test_an_acrn_that_was_never_opened_has_no_ceiling(change):
    with nothing_happens(), pytest.raises(BalanceNotOpen):
        change("1", 0, acrn="ZZ")

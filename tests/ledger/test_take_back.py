"""Taking back usage that was counted too much."""

import pytest

from contracting.core.errors import Invalid
from contracting.core.quantities import Tokens, UnitPrice
from contracting.ledger.models import Transfer
from contracting.ledger.operations.take_back import take_back_usage
from contracting.ledger.refusals import AmountNotPositive, NotReversible
from contracting.ledger.states import TransferKind
from tests.cast import nothing_happens
from tests.ledger.conftest import BATCH, LINE, usd


def take_back(burning, tokens, reason="Counted twice.", price="10"):
    return take_back_usage(
        holder=LINE,
        key="output",
        unit_price=UnitPrice(price),
        tokens=Tokens(tokens),
        reason=reason,
        because=BATCH,
        by=burning.officer,
        at=burning.at,
    )


def test_the_rest_of_a_posting_stays_where_it_was(burning):
    # Given a posting that is mostly accepted and paid
    burning.use(("output", "10", 1_000_000))
    burning.accept("9.9", "9.90", 990_000)
    burning.pay("9.90")

    # When ten thousand tokens of it are taken back
    posted = take_back(burning, 10_000)

    # Then it was reversed and posted again without them
    assert [each.kind for each in posted] == [
        TransferKind.REVERSE,
        TransferKind.CONSUME,
    ]
    row = burning.row()
    assert row.consumed_tokens == row.accepted_tokens == 990_000
    assert row.consumed_dollars == usd("9.9").amount
    assert row.funds_left == usd("35.1")


def test_the_latest_goes_first_and_one_posting_may_not_be_enough(burning):
    for tokens in (1_000, 2_000, 3_000):
        burning.use(("output", "10", tokens))

    take_back(burning, 4_000)

    standing = Transfer.objects.filter(kind=TransferKind.CONSUME, reversal=None)
    assert sorted(each.tokens for each in standing) == [1_000, 1_000]
    assert burning.line().consumed_tokens == 2_000


@pytest.mark.parametrize(("tokens", "price"), [(1_001, "10"), (1, "9")])
def test_only_what_stands_at_this_price_is_taken_back(burning, tokens, price):
    burning.use(("output", "10", 1_000))

    with nothing_happens(), pytest.raises(NotReversible):
        take_back(burning, tokens, price=price)


def test_it_says_how_much_and_why(burning):
    burning.use(("output", "10", 1_000))

    with nothing_happens(), pytest.raises(AmountNotPositive):
        take_back(burning, 0)
    with nothing_happens(), pytest.raises(Invalid):
        take_back(burning, 1, reason=" ")

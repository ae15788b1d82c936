"""Drawing what is owed without tokens on the funds of one line."""

import pytest

from contracting.core.quantities import Dollars
from contracting.core.subjects import Subject
from contracting.ledger.operations.charge import charge_funds
from contracting.ledger.operations.reverse import reverse_transfer
from contracting.ledger.queries.charged import drawn_because, standing_because
from contracting.ledger.refusals import AmountNotPositive, BalanceNotOpen
from contracting.ledger.states import Holder, TransferKind
from tests.cast import nothing_happens
from tests.ledger.conftest import LINE, exceptions, usd

CHARGE = Subject("charges.charge", 9, "contract:7")


def charge(books, dollars, fundable=None, **more):
    return charge_funds(
        **{
            "holder": LINE,
            "dollars": usd(dollars),
            "fundable": usd(dollars if fundable is None else fundable),
            "key": "seats of April",
            "because": CHARGE,
            "by": books.officer,
            "at": books.at,
        }
        | more
    )


def test_a_charge_within_the_funds_is_funded_with_no_tokens(burning):
    (transfer,) = charge(burning, "12.345678")

    assert (transfer.kind, transfer.tokens) == (TransferKind.CONSUME, 0)
    assert burning.row().consumed_dollars == usd("12.345678").amount
    assert burning.row().consumed_tokens == 0


@pytest.mark.parametrize(
    ("dollars", "fundable", "funded"),
    [("50", "50", "45"), ("30", "10", "10"), ("30", "0", "0"), ("45", "45", "45")],
)
def test_beyond_the_funds_or_the_order_it_is_unfunded_in_full(
    burning, dollars, fundable, funded
):
    # Given $45 obligated
    charge(burning, dollars, fundable)

    # Then what neither carries is recorded and not payable
    row = burning.row()
    assert Dollars(row.consumed_dollars) == usd(funded)
    assert Dollars(row.unfunded_dollars) == usd(dollars) - usd(funded)
    assert row.unaccepted == usd(funded)
    assert exceptions() == []


def test_a_charge_is_reversed_transfer_by_transfer(burning):
    charge(burning, "50")
    for transfer in standing_because(CHARGE.kind, CHARGE.id):
        reverse_transfer(
            transfer_id=transfer,
            reason="It was wrong.",
            because=CHARGE,
            by=burning.officer,
            at=burning.at,
        )
    funded, unfunded = drawn_because(CHARGE.kind, [CHARGE.id])[CHARGE.id]
    assert (funded, unfunded) == (Dollars(), Dollars())
    assert standing_because(CHARGE.kind, CHARGE.id) == []
    assert exceptions() == []


def test_nothing_and_strange_lines_are_refused(burning):
    with pytest.raises(AmountNotPositive), nothing_happens():
        charge(burning, "0")
    with pytest.raises(BalanceNotOpen), nothing_happens():
        charge(burning, "1", holder=Holder("orders.line", 10**9))
    with pytest.raises(BalanceNotOpen), nothing_happens():
        charge(burning, "1", acrn="ZZ")

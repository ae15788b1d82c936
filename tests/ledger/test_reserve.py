"""Taking room under a contract's ceiling."""

import pytest

from contracting.core.errors import Invalid
from contracting.core.quantities import Tokens
from contracting.ledger.operations.reserve import reserve_ordered
from contracting.ledger.operations.set import set_contract_ceiling
from contracting.ledger.queries import contract_balance
from contracting.ledger.refusals import ContractCeilingExceeded
from tests.cast import nothing_happens
from tests.ledger.conftest import CONTRACT, ORDER, usd


@pytest.fixture
def reserve(agency, contracting_officer, at):
    """A contract of $400,000 and a million tokens; take room under its ceiling."""
    set_contract_ceiling(
        contract_id=CONTRACT,
        stream="contract:7",
        agency_id=agency.pk,
        dollars=usd("400000"),
        tokens=Tokens(1_000_000),
        because=ORDER,
        by=contracting_officer,
        at=at,
    )

    def take(dollars, tokens):
        return reserve_ordered(
            contract_id=CONTRACT,
            dollars=usd(dollars),
            tokens=Tokens(tokens),
            because=ORDER,
            by=contracting_officer,
            at=at,
        )

    return take


@pytest.mark.rule("R-TO-02", case="allowed")
def test_orders_may_take_the_whole_ceiling(reserve):
    reserve("399940", 999_000)
    balance = reserve("60", 1_000)

    assert balance.dollars_left == usd(0)
    assert balance.tokens_left == Tokens(0)


@pytest.mark.rule("R-TO-02", case="refused")
@pytest.mark.parametrize(
    ("dollars", "tokens", "short_by"),
    [("60.01", 1_000, usd("0.01")), ("60", 1_001, Tokens(1))],
)
def test_an_order_beyond_the_ceiling_is_refused_in_dollars_and_in_tokens(
    reserve, dollars, tokens, short_by
):
    reserve("399940", 999_000)

    with nothing_happens(), pytest.raises(ContractCeilingExceeded) as refusal:
        reserve(dollars, tokens)

    assert refusal.value.rule == "R-TO-02"
    assert refusal.value.data["short_by"] == short_by


def test_a_cancelled_order_gives_its_room_back(reserve):
    reserve("60", 1_000)
    reserve("-60", -1_000)

    balance = contract_balance(CONTRACT)
    assert balance is not None
    assert balance.ordered_dollars == 0


def test_no_more_is_given_back_than_was_taken(reserve):
    reserve("60", 1_000)

    with nothing_happens(), pytest.raises(Invalid):
        reserve("-61", 0)

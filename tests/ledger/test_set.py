"""Setting what a contract allows."""

import pytest

from contracting.core.quantities import Tokens
from contracting.ledger.operations.reserve import reserve_ordered
from contracting.ledger.operations.set import set_contract_ceiling
from contracting.ledger.refusals import ContractCeilingExceeded
from tests.cast import nothing_happens
from tests.ledger.conftest import CONTRACT, ORDER, usd


@pytest.fixture
def set_ceiling(agency, contracting_officer, at):
    def set_it(dollars, tokens):
        return set_contract_ceiling(
            contract_id=CONTRACT,
            stream="contract:7",
            agency_id=agency.pk,
            dollars=usd(dollars),
            tokens=Tokens(tokens),
            because=ORDER,
            by=contracting_officer,
            at=at,
        )

    return set_it


def test_a_modification_changes_the_ceiling_that_award_has_set(set_ceiling):
    set_ceiling("400000", 10**9)
    balance = set_ceiling("500000", 2 * 10**9)

    assert balance.dollars_left == usd("500000")
    assert balance.tokens_left == Tokens(2 * 10**9)


@pytest.mark.parametrize(
    ("dollars", "tokens", "short_by"),
    [("59.99", 1_000, usd("0.01")), ("60", 999, Tokens(1))],
)
def test_a_ceiling_never_falls_below_what_is_ordered(
    set_ceiling, contracting_officer, at, dollars, tokens, short_by
):
    # Given a contract of which an order has taken $60 and a thousand tokens
    set_ceiling("400000", 10**9)
    reserve_ordered(
        contract_id=CONTRACT,
        dollars=usd(60),
        tokens=Tokens(1_000),
        because=ORDER,
        by=contracting_officer,
        at=at,
    )

    with nothing_happens(), pytest.raises(ContractCeilingExceeded) as refusal:
        set_ceiling(dollars, tokens)

    assert refusal.value.data["short_by"] == short_by

"""Opening the balances of a line."""

import pytest

from contracting.core.quantities import Tokens
from contracting.ledger.operations.open import open_balances
from contracting.ledger.refusals import CeilingExceeded, LinesDisagree
from contracting.ledger.states import OF_A_BALANCE, BalanceLine
from tests.cast import nothing_happens
from tests.ledger.conftest import CONTRACT, LINE, ORDER, usd


@pytest.fixture
def state(books):
    def state_them(*lines):
        return open_balances(
            holder=LINE,
            contract_id=CONTRACT,
            lines=list(lines),
            because=ORDER,
            by=books.officer,
            at=books.at,
        )

    return state_them


def test_each_acrn_gets_a_balance_and_its_accounts(books, state):
    other = books.fund("Reserve", "10")

    rows = state(
        BalanceLine("AA", 1, books.funds.pk, usd("45"), Tokens(1_000)),
        BalanceLine("AB", 2, other.pk, usd("15"), Tokens(1_000)),
    )

    assert [(row.acrn, row.ceiling_left) for row in rows] == [
        ("AA", usd(45)),
        ("AB", usd(15)),
    ]
    assert rows[0].line == rows[1].line
    assert books.line().tokens_left == Tokens(1_000)
    assert rows[0].accounts.count() == len(OF_A_BALANCE)


def test_a_line_is_called_by_its_label_when_it_has_one(books):
    books.open("60")
    assert books.line().title == "order line 411"

    open_balances(
        holder=LINE,
        contract_id=CONTRACT,
        lines=[BalanceLine("AA", 1, books.funds.pk, usd("60"), Tokens(1_000))],
        label="Pilot order, line 0001",
        because=ORDER,
        by=books.officer,
        at=books.at,
    )
    assert books.line().title == "Pilot order, line 0001"


def test_opening_again_restates_the_ceiling_and_the_order_of_payment(books, state):
    other = books.fund("Reserve", "10")
    first = BalanceLine("AA", 1, books.funds.pk, usd("45"), Tokens(1_000))
    second = BalanceLine("AB", 2, other.pk, usd("15"), Tokens(1_000))
    state(first, second)

    state(
        BalanceLine("AA", 2, books.funds.pk, usd("0"), Tokens(2_000)),
        BalanceLine("AB", 1, other.pk, usd("60"), Tokens(2_000)),
    )

    assert (books.row("AA").sequence, books.row("AB").sequence) == (2, 1)
    assert books.row("AB").ceiling_left == usd(60)
    assert books.line().tokens_left == Tokens(2_000)


def test_a_ceiling_is_not_restated_below_what_is_bound(burning, state):
    with nothing_happens(), pytest.raises(CeilingExceeded):
        state(BalanceLine("AA", 1, burning.funds.pk, usd("44.99"), Tokens(10**8)))


def test_a_token_ceiling_is_not_restated_below_what_is_used(burning, state):
    burning.use(("input", "2.50", 1_000))

    with nothing_happens(), pytest.raises(CeilingExceeded):
        state(BalanceLine("AA", 1, burning.funds.pk, usd("60"), Tokens(999)))


def test_bound_funds_keep_their_line_of_accounting(burning, state):
    other = burning.fund("Reserve", "100")

    with nothing_happens(), pytest.raises(LinesDisagree):
        state(BalanceLine("AA", 1, other.pk, usd("60"), Tokens(10**8)))


def test_the_acrns_of_a_line_agree_on_its_tokens_and_their_order(books, state):
    line = BalanceLine("AA", 1, books.funds.pk, usd("45"), Tokens(1_000))
    for second in (
        BalanceLine("AB", 2, books.funds.pk, usd("15"), Tokens(2_000)),
        BalanceLine("AB", 1, books.funds.pk, usd("15"), Tokens(1_000)),
        BalanceLine("AA", 2, books.funds.pk, usd("15"), Tokens(1_000)),
    ):
        with nothing_happens(), pytest.raises(LinesDisagree):
            state(line, second)

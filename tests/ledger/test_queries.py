"""Reading balances, limits, and the rows behind every amount."""

from decimal import Decimal

import pytest

from contracting.core.errors import NotVisible
from contracting.core.quantities import Dollars, Tokens, UnitPrice
from contracting.ledger.models import LineOfAccounting
from contracting.ledger.queries import (
    balances_of,
    contract_balance,
    funds_of,
    get_line_of_accounting_for,
    get_statement_for,
    live_limit,
    statement,
    transfers_because,
    transfers_behind,
    transfers_of,
)
from contracting.ledger.states import BALANCE_COLUMNS, FUNDS_COLUMNS, Holder
from tests.ledger.conftest import BATCH, LINE, usd


@pytest.fixture
def busy(burning):
    """Usage beyond the funds, an acceptance, a payment and a reversal."""
    burning.use(("output", "10", 1_234_567), ("input", "2", 500_000))
    burning.accept("12.34567", "12.35", 1_234_567)
    burning.pay("10")
    burning.use(("output", "10", 9_000_000))
    first = transfers_behind("unfunded_dollars", line=burning.line())[0]
    burning.reverse(first)
    burning.use(("output", "10", 1_000))
    return burning


def test_the_live_limit_says_which_of_the_three_binds(books):
    # Given $60 of which $45 is obligated, and ten million tokens
    books.open("60", tokens=10_000_000)
    books.obligate(books.asked("45"))

    limit = live_limit(LINE, UnitPrice("10"))
    assert limit.tokens_left == Tokens(10_000_000)
    assert limit.ceiling_dollars_left == usd(60)
    assert limit.funded_dollars_left == usd(45)
    assert limit.binding == "funds"
    assert limit.tokens_at(UnitPrice("10")) == Tokens(4_500_000)

    # When a token costs less, the token ceiling binds first
    assert live_limit(LINE, UnitPrice("4.49")).binding == "tokens"
    assert limit.tokens_at(UnitPrice("4.49")) == Tokens(10_000_000)
    assert limit.tokens_at(UnitPrice("0")) == Tokens(10_000_000)

    # And when it is funded in full, the dollar ceiling binds
    books.obligate(books.asked("15"))
    assert live_limit(LINE, UnitPrice("10")).binding == "ceiling"


def test_without_a_price_the_limits_are_compared_at_the_price_so_far(books):
    books.open("60", tokens=10_000_000)
    books.obligate(books.asked("45"))
    assert live_limit(LINE).binding == "funds"

    books.use(("cached", "0.25", 1_000_000))

    assert live_limit(LINE).binding == "tokens"


def test_a_line_that_was_never_opened_lets_nothing_through(books):
    limit = live_limit(Holder("orders.line", 999))

    assert limit.tokens_left == Tokens(0)
    assert limit.dollars_left == usd(0)
    assert balances_of(Holder("orders.line", 999)) == []
    assert statement(Holder("orders.line", 999)) is None
    assert contract_balance(999) is None


@pytest.mark.parametrize("column", BALANCE_COLUMNS)
def test_every_figure_of_a_line_is_the_sum_of_the_rows_behind_it(busy, column):
    rows = transfers_behind(column, line=busy.line(), acrn="AA")

    change = "change_tokens" if column.endswith("_tokens") else "change_dollars"
    figure = sum((getattr(row, change) for row in rows), Decimal(0))
    assert figure == getattr(busy.row(), column)


@pytest.mark.parametrize("column", FUNDS_COLUMNS)
def test_every_figure_of_the_funds_is_the_sum_of_the_rows_behind_it(busy, column):
    rows = transfers_behind(column, line_of_accounting=busy.funds)

    figure = sum((vars(row)["change_dollars"] for row in rows), Decimal(0))
    assert figure == getattr(busy.pot(), column)


def test_the_funds_of_an_agency_show_where_each_dollar_is(busy):
    (position,) = funds_of(busy.agency_id)

    assert position.available == usd(100)
    assert position.obligated == usd(45)
    assert position.expended == usd("44.99567")
    assert (position.accepted, position.paid) == (usd("12.35"), usd(10))
    assert position.free == usd(55)
    assert isinstance(position.committed, Dollars)


def test_a_statement_sums_its_acrns(busy):
    found = statement(LINE)

    assert found is not None
    assert found.total("paid_dollars") == usd(10)
    assert found.total("consumed_tokens") == Tokens(busy.line().consumed_tokens)


def test_transfers_are_found_by_their_cause_and_by_their_line(busy):
    assert {row.because_kind for row in transfers_because(BATCH.kind, BATCH.id)} == {
        "metering.batch"
    }
    everything = transfers_of(line=busy.line())
    assert everything.count() == transfers_of(line=busy.line(), acrn="AA").count()
    assert everything.count() < transfers_of(line_of_accounting=busy.funds).count()


def test_another_agency_finds_neither_funds_nor_statement(busy, other_agency_officer):
    funds = LineOfAccounting.objects.get(pk=busy.funds.pk)

    assert get_line_of_accounting_for(busy.officer, funds.public_id) == funds
    with pytest.raises(NotVisible):
        get_line_of_accounting_for(other_agency_officer, funds.public_id)

    address = busy.line().public_id
    assert get_statement_for(busy.officer, address).line == busy.line()
    with pytest.raises(NotVisible):
        get_statement_for(other_agency_officer, address)

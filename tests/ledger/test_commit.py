"""Committing funds to an action that is not signed yet."""

import pytest

from contracting.ledger.refusals import (
    AmountNotPositive,
    BalanceNotOpen,
    CeilingExceeded,
    FundsExceeded,
    LinesDisagree,
)
from tests.cast import nothing_happens
from tests.ledger.conftest import usd


def test_a_commitment_takes_free_funds_and_room_under_the_ceiling(books):
    books.open("60")

    books.commit(books.asked("45"))

    assert books.pot().free == usd(55)
    assert books.row().ceiling_left == usd(15)
    assert books.row().obligated_dollars == 0


def test_no_more_is_committed_than_is_free(books):
    books.open("200")
    books.commit(books.asked("60"))

    with nothing_happens(), pytest.raises(FundsExceeded) as refusal:
        books.commit(books.asked("40"), books.asked("0.01"))

    assert refusal.value.rule == "R-FND-01"
    assert refusal.value.data["short_by"] == usd("0.01")


def test_no_more_is_committed_than_the_ceiling_leaves(books):
    books.open("60")

    with nothing_happens(), pytest.raises(CeilingExceeded) as refusal:
        books.commit(books.asked("60"), books.asked("1"))

    assert refusal.value.data["short_by"] == usd(1)


@pytest.mark.parametrize("amount", ["0", "-5"])
def test_a_commitment_is_more_than_nothing(books, amount):
    books.open("60")

    with nothing_happens(), pytest.raises(AmountNotPositive):
        books.commit(books.asked(amount))


def test_something_is_committed_at_all(books):
    with nothing_happens(), pytest.raises(AmountNotPositive):
        books.commit()


def test_an_acrn_is_opened_before_funds_are_committed_to_it(books):
    with nothing_happens(), pytest.raises(BalanceNotOpen):
        books.commit(books.asked("1"))


def test_funds_are_never_charged_across(books):
    books.open("60")
    other = books.fund("Reserve", "100")

    with nothing_happens(), pytest.raises(LinesDisagree):
        books.commit(books.asked("1", funds=other))

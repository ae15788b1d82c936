"""Releasing a commitment."""

import pytest

from contracting.ledger.refusals import CommitmentExceeded
from tests.cast import nothing_happens
from tests.ledger.conftest import usd


def test_a_cancelled_action_gives_its_funds_back(books):
    books.open("60")
    books.commit(books.asked("45"))

    books.release(books.asked("45"))

    assert books.pot().free == usd(100)
    assert books.row().committed_dollars == 0


def test_no_more_is_released_than_is_committed(books):
    books.open("60")
    books.commit(books.asked("45"))

    with nothing_happens(), pytest.raises(CommitmentExceeded) as refusal:
        books.release(books.asked("45.01"))

    assert refusal.value.data["short_by"] == usd("0.01")

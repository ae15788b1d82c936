"""Accepting beyond our meter's count: from its own account, on funds that are there."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from contracting.core.quantities import Tokens
from contracting.ledger.models import Balance, HolderBalance
from contracting.ledger.queries import transfers_behind
from contracting.ledger.refusals import AcceptanceExceeded, ObligationExceeded
from contracting.ledger.states import TransferKind
from tests.cast import nothing_happens
from tests.ledger.conftest import usd

USED = ("output", "10", 1_000_000)  # exactly $10


@pytest.mark.rule("R-REC-03", case="allowed")
def test_what_is_beyond_our_meter_comes_from_its_own_account(burning):
    # Given ten dollars that our meter counted
    burning.use(USED)

    # When a hundredth more is accepted, on one line and rounded once
    written = burning.accept("10", "10.10", 1_000_000, beyond=("0.10001", 10_001))

    # Then it is a transfer by itself, and the sum is rounded
    assert [(each.kind, each.dollars) for each in written] == [
        (TransferKind.ACCEPT, usd("10").amount),
        (TransferKind.TOLERATE, usd("0.10001").amount),
        (TransferKind.ROUND, usd("0.00001").amount),
    ]
    row = burning.row()
    assert row.accepted_dollars == usd("10.10").amount
    assert row.tolerated_dollars == usd("0.10001").amount
    # And what was metered is still what was metered, and nothing of it is left
    assert row.consumed_dollars == usd("10").amount
    assert (row.unaccepted, row.unaccepted_tokens) == (usd(0), Tokens(0))
    assert row.accepted_tokens == row.line.accepted_tokens == 1_010_001
    assert row.tolerated_tokens == row.line.tolerated_tokens == 10_001
    # And it has drawn on the funds and on the ceiling as what was metered
    assert row.funds_left == usd("34.90")
    assert row.line.tokens_left == Tokens(100_000_000 - 1_010_001)
    behind: Any = transfers_behind("tolerated_dollars", line=row.line)
    assert [each.change_dollars for each in behind] == [usd("0.10001").amount]
    burning.pay("10.10")
    assert burning.row().unpaid == usd(0)


@pytest.mark.rule("R-INV-05", case="refused")
def test_what_is_beyond_our_meter_is_never_paid_without_funds(burning):
    burning.use(("output", "10", 4_400_000))  # of $45 that are bound

    with nothing_happens(), pytest.raises(ObligationExceeded) as refusal:
        burning.accept("44", "45.01", 4_400_000, beyond=("1.01", 101_000))

    assert refusal.value.data["short_by"] == usd("0.01")
    burning.accept("44", "45", 4_400_000, beyond=("1", 100_000))


def test_what_is_beyond_our_meter_stays_under_the_token_ceiling(books):
    books.open("60", tokens=1_000_100)
    books.obligate(books.asked("45"))
    books.use(USED)

    with nothing_happens(), pytest.raises(AcceptanceExceeded):
        books.accept("10", "10", 1_000_000, beyond=("0.00101", 101))

    books.accept("10", "10", 1_000_000, beyond=("0.001", 100))
    assert books.line().tokens_left == Tokens(0)


def test_it_is_spread_over_the_funds_that_are_left(books):
    other = books.fund("Reserve", "10")
    books.open("10.05", acrn="AA", sequence=1)
    books.open("5", acrn="AB", sequence=2, funds=other)
    books.obligate(books.asked("10.05"), books.asked("5", acrn="AB", funds=other))
    books.use(USED)

    books.accept("10", "10.10", 1_000_000, beyond=("0.10", 10_000))

    assert books.row("AA").accepted_dollars == usd("10.05").amount
    assert books.row("AB").accepted_dollars == usd("0.05").amount
    assert books.row("AA").funds_left == usd(0)


def test_the_database_binds_it_to_the_obligation(burning):
    burning.use(USED)
    burning.accept("10", "10.10", 1_000_000, beyond=("0.10", 10_000))

    for rows, change in (
        (Balance.objects.all(), {"tolerated_dollars": usd("36").amount}),
        (Balance.objects.all(), {"tolerated_tokens": -1}),
        (HolderBalance.objects.all(), {"tolerated_tokens": 99_000_001}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)

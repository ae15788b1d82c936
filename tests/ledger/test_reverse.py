"""Reversing a transfer."""

import pytest
from django.db import DatabaseError, connection, transaction

from contracting.core.errors import Invalid
from contracting.ledger.models import Transfer
from contracting.ledger.refusals import AlreadyReversed, NotReversible
from contracting.ledger.states import TransferKind
from tests.cast import nothing_happens
from tests.ledger.conftest import usd


def last(kind) -> Transfer:
    return Transfer.objects.filter(kind=kind).latest("pk")


def test_usage_that_was_not_this_orders_goes_back_to_the_funds(burning):
    burning.use(("output", "10", 1_234_567))
    original = last(TransferKind.CONSUME)

    reversal = burning.reverse(original, "Attributed to the wrong order.")

    assert (reversal.debit_id, reversal.credit_id) == (
        original.credit_id,
        original.debit_id,
    )
    assert (reversal.reverses, reversal.note) == (
        original,
        "Attributed to the wrong order.",
    )
    assert burning.row().funds_left == usd(45)
    assert burning.line().consumed_tokens == 0


@pytest.mark.parametrize(
    "kind",
    [
        TransferKind.PAY,
        TransferKind.ROUND,
        TransferKind.ACCEPT,
        TransferKind.UNFUNDED,
        TransferKind.CONSUME,
        TransferKind.OBLIGATE,
        TransferKind.COMMIT,
        TransferKind.ALLOT,
    ],
)
def test_everything_can_be_undone_from_the_last_step_to_the_first(books, kind):
    # Given a line on which everything has happened once
    books.open("60")
    books.commit(books.asked("45"))
    books.obligate(books.asked("45"), from_commitment=True)
    books.use(("output", "10", 5_000_001))
    books.accept("1.234", "1.23", 123_400)
    books.pay("1.23")

    # When it is undone step by step until this one
    for each in Transfer.objects.order_by("-pk"):
        books.reverse(each)
        if each.kind == kind:
            break

    # Then the fixture finds that the books balance, and nothing was forgotten
    undone = last(TransferKind.REVERSE).reverses
    assert undone is not None
    assert undone.kind == kind


def test_a_transfer_is_reversed_once(burning):
    burning.use(("output", "10", 1_000))
    original = last(TransferKind.CONSUME)
    burning.reverse(original)

    with nothing_happens(), pytest.raises(AlreadyReversed):
        burning.reverse(original)


def test_a_reversal_is_not_reversed(burning):
    burning.use(("output", "10", 1_000))
    reversal = burning.reverse(last(TransferKind.CONSUME))

    with nothing_happens(), pytest.raises(NotReversible):
        burning.reverse(reversal)


@pytest.mark.parametrize(
    ("kind", "bound"),
    [
        (TransferKind.OBLIGATE, "funded usage never exceeds the obligation"),
        (TransferKind.CONSUME, "accepted never exceeds funded usage"),
        (TransferKind.ACCEPT, "paid never exceeds accepted"),
        (TransferKind.ALLOT, "what is bound never exceeds the funds"),
    ],
)
def test_what_later_rows_are_built_on_is_not_taken_away(burning, kind, bound):
    burning.use(("output", "10", 1_000_000))
    burning.accept("10", "10", 1_000_000)
    burning.pay("10")

    with nothing_happens(), pytest.raises(NotReversible) as refusal:
        burning.reverse(last(kind))

    assert bound in refusal.value.message


def test_a_reversal_says_why(burning):
    with nothing_happens(), pytest.raises(Invalid):
        burning.reverse(last(TransferKind.OBLIGATE), "  ")


@pytest.mark.parametrize(
    "statement",
    ["UPDATE ledger_transfer SET dollars = 0", "DELETE FROM ledger_transfer"],
)
def test_the_database_refuses_to_change_a_transfer(burning, statement):
    with (
        pytest.raises(DatabaseError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)

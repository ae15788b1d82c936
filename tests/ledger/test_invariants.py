"""What the invariants find when somebody has written past the verbs."""

import pytest
from django.db import transaction

from contracting.ledger.models import (
    Account,
    Balance,
    FundsBalance,
    HolderBalance,
    Transfer,
)
from contracting.ledger.states import TransferKind
from tests.ledger.conftest import LINE, OTHER_LINE, exceptions


@pytest.fixture
def tampered(burning):
    """A ledger in use; what a test does to it is undone before the last check."""
    burning.use(("output", "10", 1_000_000))
    with transaction.atomic():
        yield burning
        transaction.set_rollback(True)


def forge(burning, kind, debit, credit, **more) -> Transfer:
    template = Transfer.objects.latest("pk")
    terms = {
        "kind": kind,
        "debit": debit,
        "credit": credit,
        "tokens": 0,
        "dollars": 1,
        "because_kind": template.because_kind,
        "because_id": template.because_id,
        "stream": template.stream,
        "by_name": "somebody",
        "at": burning.at,
    }
    return Transfer.objects.create(**(terms | more))


def account(kind, holder=LINE) -> Account:
    return Account.objects.get(
        kind=kind,
        balance__line__holder_kind=holder.kind,
        balance__line__holder_id=holder.id,
    )


@pytest.mark.parametrize(
    ("model", "column"),
    [
        (Balance, "consumed_dollars"),
        (Balance, "unfunded_tokens"),
        (HolderBalance, "consumed_tokens"),
        (FundsBalance, "available_dollars"),
        (FundsBalance, "obligated_dollars"),
    ],
)
def test_a_figure_that_was_written_by_hand_is_found(tampered, model, column):
    row = model.objects.get()
    setattr(row, column, getattr(row, column) + 1)
    row.save()

    found = exceptions()

    assert len(found) == 1
    assert column in found[0]


def test_a_transfer_off_the_route_of_its_kind_is_found(tampered):
    forge(tampered, TransferKind.PAY, account("UNFUNDED"), account("PAID"))

    assert any("from UNFUNDED to PAID" in said for said in exceptions())


def test_a_transfer_between_two_lines_is_found(tampered):
    tampered.open("40", holder=OTHER_LINE)
    forge(
        tampered,
        TransferKind.PAY,
        account("ACCEPTED"),
        account("PAID", OTHER_LINE),
    )

    assert any("between two lines" in said for said in exceptions())


def test_a_reversal_that_is_no_mirror_is_found(tampered):
    original = Transfer.objects.filter(kind=TransferKind.CONSUME).get()
    forge(
        tampered,
        TransferKind.REVERSE,
        original.credit,
        original.debit,
        reverses=original,
    )

    assert any("no mirror" in said for said in exceptions())

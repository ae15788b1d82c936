"""What no voucher takes off a credit is open again; its line stays as it was."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from contracting.billing.invariants import INVARIANTS
from contracting.billing.models import CreditReopening
from contracting.billing.operations.reopen_credit import reopen_credit
from contracting.billing.queries.credits import credits_due
from contracting.core.quantities import Dollars
from tests.builders_billing import INVOICED_AT, TOTAL, invoiced, lines_of
from tests.builders_credits import credited, taken_off
from tests.cast import actor

LATER = INVOICED_AT + timedelta(days=1)


def test_a_part_of_a_credit_line_is_opened_again(order):
    credit = credited(order)
    line = taken_off(credit, "1.25")
    invoiced(order, [*lines_of(), line], total=TOTAL - line.amount)
    assert credits_due(order, INVOICED_AT) == []

    reopen_credit(
        part=credit.lines.get(),
        dollars=Dollars("0.40"),
        by=actor("payment_certifier"),
        at=LATER,
    )

    credit.refresh_from_db()
    assert (credit.open, credit.taken_dollars) == (
        Dollars("0.40"),
        Dollars("0.85").amount,
    )
    assert [each.open for each in credits_due(order, LATER)] == [Dollars("0.40")]
    assert credits_due(order, INVOICED_AT) == []
    assert [each.code for each in INVARIANTS if each.exceptions()] == []


def test_the_database_keeps_a_reopening_whole(order):
    credit = credited(order)
    with (
        pytest.raises(IntegrityError, match="a_reopening_is_of_a_line_or_a_settlement"),
        transaction.atomic(),
    ):
        CreditReopening.objects.create(
            credit=credit, dollars=1, reopened_by="Ned", reopened_at=LATER
        )

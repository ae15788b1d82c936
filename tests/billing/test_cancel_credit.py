"""What is open of a credit is given up, by the contracting officer alone."""

from datetime import timedelta

import pytest

from contracting.billing.invariants import INVARIANTS
from contracting.billing.operations.cancel_credit import cancel_credit
from contracting.billing.refusals import CreditNotOpen, CreditWrong
from contracting.core.errors import NotAllowed
from contracting.core.quantities import Dollars
from tests.builders_billing import INVOICED_AT, TOTAL, invoiced, lines_of
from tests.builders_credits import credited, taken_off
from tests.cast import actor, nothing_happens

LATER = INVOICED_AT + timedelta(days=1)


def test_what_is_open_of_a_credit_can_be_cancelled(order):
    credit = credited(order)
    line = taken_off(credit, "0.25")
    invoiced(order, [*lines_of(), line], total=TOTAL - line.amount)

    with nothing_happens(), pytest.raises(NotAllowed):
        cancel_credit(credit_id=credit.pk, reason="No.", by=actor("cor"), at=LATER)
    with nothing_happens(), pytest.raises(CreditWrong):
        cancel_credit(
            credit_id=credit.pk, reason=" ", by=actor("contracting_officer"), at=LATER
        )
    cancel_credit(
        credit_id=credit.pk,
        reason="The outage was planned.",
        by=actor("contracting_officer"),
        at=LATER,
    )

    credit.refresh_from_db()
    assert (credit.settled_dollars, credit.open) == (Dollars("1.00").amount, Dollars())
    assert [each.code for each in INVARIANTS if each.exceptions()] == []
    with nothing_happens(), pytest.raises(CreditNotOpen):
        cancel_credit(
            credit_id=credit.pk, reason="No.", by=actor("contracting_officer"), at=LATER
        )
    assert credited(order, "1.80")

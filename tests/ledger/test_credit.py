"""What was paid comes back to its very funds, and never more."""

import pytest

from contracting.core.quantities import Dollars
from contracting.ledger.invariants import INVARIANTS
from contracting.ledger.models import Balance
from contracting.ledger.operations.credit import credit_funds
from contracting.ledger.refusals import AmountNotPositive, CreditExceeded
from tests.builders_settlement import PAID_AT, PAYABLE, balances, paid_invoice
from tests.cast import actor, nothing_happens


def credit(row, dollars, **more):
    given = {
        "credits": {(row.holder, row.acrn): Dollars(dollars)},
        "on": PAID_AT.date(),
        "because": row.line_of_accounting.subject,
        "by": actor("payment_certifier"),
        "at": PAID_AT,
    }
    return credit_funds(**(given | more))


@pytest.fixture
def row(db):
    """The balance that has paid an invoice."""
    (found,) = balances(paid_invoice().certification.invoice.order)
    return found


def test_what_was_paid_is_neither_paid_nor_accepted_nor_payable_any_more(row):
    credit(row, "0.92")

    after = Balance.objects.get(pk=row.pk)
    assert Dollars(after.paid_dollars) == Dollars("9.00")
    assert Dollars(after.accepted_dollars) == Dollars("9.00")
    assert after.unaccepted == after.unpaid == Dollars()
    assert after.consumed_dollars == row.consumed_dollars
    assert after.obligated_dollars == row.obligated_dollars
    assert after.funds_left - row.funds_left == Dollars("0.92")
    assert [each.code for each in INVARIANTS if each.exceptions()] == []


@pytest.mark.rule("R-PAY-06", case="refused")
def test_no_more_comes_back_than_was_paid(row):
    with nothing_happens(), pytest.raises(CreditExceeded) as refusal:
        credit(row, Dollars(PAYABLE).amount + Dollars("0.01").amount)

    assert refusal.value.data["short_by"] == Dollars("0.01")


def test_a_credit_is_of_something(row):
    with nothing_happens(), pytest.raises(AmountNotPositive):
        credit(row, "0")
    with nothing_happens(), pytest.raises(AmountNotPositive):
        credit(row, "0", credits={})

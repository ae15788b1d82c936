"""Interest is paid from what a line of accounting has free."""

import pytest

from contracting.core.quantities import Dollars
from contracting.ledger.invariants import INVARIANTS
from contracting.ledger.models import FundsBalance
from contracting.ledger.operations.charge_interest import charge_interest
from contracting.ledger.refusals import AmountNotPositive, FundsExceeded
from tests.builders_orders import line_of_accounting
from tests.builders_settlement import PAID_AT
from tests.cast import actor, nothing_happens


def charged(line, dollars, **more):
    given = {
        "interest": {line.pk: Dollars(dollars)},
        "on": PAID_AT.date(),
        "because": line.subject,
        "by": actor("payment_certifier"),
        "at": PAID_AT,
    }
    return charge_interest(**(given | more))


def test_interest_takes_what_is_free_and_no_more(db):
    line = line_of_accounting()
    free = FundsBalance.objects.get(line_of_accounting=line).free

    charged(line, "3.03")

    after = FundsBalance.objects.get(line_of_accounting=line)
    assert (free - after.free, Dollars(after.interest_dollars)) == (
        Dollars("3.03"),
        Dollars("3.03"),
    )
    assert [each.code for each in INVARIANTS if each.exceptions()] == []
    with nothing_happens(), pytest.raises(FundsExceeded):
        charged(line, (after.free + Dollars("0.01")).amount)
    with nothing_happens(), pytest.raises(AmountNotPositive):
        charged(line, "0")
    with nothing_happens(), pytest.raises(AmountNotPositive):
        charged(line, "0", interest={})

"""A part of a credit is set off or paid back: never more than is open."""

from datetime import timedelta

import pytest

from contracting.audit.queries import events_of
from contracting.billing.operations.settle_credit import settle_credit
from contracting.billing.refusals import CreditNotOpen
from contracting.billing.states import SettlementKind
from contracting.core.quantities import Dollars
from tests.builders_billing import INVOICED_AT
from tests.builders_credits import credited
from tests.cast import actor, nothing_happens


def settled(credit, dollars):
    return settle_credit(
        credit_id=credit.pk,
        kind=SettlementKind.REFUND,
        dollars=Dollars(dollars),
        reference="REFUND-1",
        by=actor("payment_certifier"),
        at=INVOICED_AT + timedelta(days=1),
    )


@pytest.mark.rule("R-PAY-06", case="refused")
def test_no_more_is_settled_than_is_open(order):
    credit = credited(order)
    settled(credit, "1.00")

    with nothing_happens(), pytest.raises(CreditNotOpen) as refusal:
        settled(credit, "0.26")

    assert refusal.value.data["left"] == Dollars("0.25")
    credit.refresh_from_db()
    assert credit.open == Dollars("0.25")
    assert [each.event for each in events_of(credit.subject)] == [
        "billing.credit.recorded",
        "billing.credit.settled",
    ]

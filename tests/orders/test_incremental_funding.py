"""An order that is funded bit by bit pays from its ACRNs in the order it states."""

from datetime import timedelta

import pytest

from contracting.core.quantities import Dollars, Tokens, UnitPrice
from contracting.core.subjects import Subject
from contracting.ledger.invariants import INVARIANTS
from contracting.ledger.operations.accept import accept_usage
from contracting.ledger.operations.draw import draw_usage
from contracting.ledger.operations.record_paid import record_paid
from contracting.ledger.queries import balances_of, live_limit
from contracting.ledger.refusals import CrossCharged, PaymentExceeded
from contracting.ledger.states import Consumption
from contracting.orders.states import EffectDraft, FundsDraft
from tests.builders_orders import (
    ISSUED_AT,
    MODIFIED_AT,
    issued_modification,
    issued_order,
    line,
    line_of_accounting,
)
from tests.cast import actor, nothing_happens

BATCH = Subject("metering.batch", 1, "contract:1")
INVOICE = Subject("billing.invoice", 1, "contract:1")
PRICE = UnitPrice("10")


def funded_by_three(contract):
    """Ten dollars of each of three accounts, under a ceiling of twenty each."""
    parts = [
        FundsDraft(acrn, account.pk, Dollars(10), ceiling_dollars=Dollars(20))
        for acrn, account in (
            ("AC", line_of_accounting()),
            ("AA", line_of_accounting("Reserve", "50.00")),
            ("AB", line_of_accounting("Carry-over", "50.00")),
        )
    ]
    return issued_order(on=contract, lines=[line(funds=parts)])


def use(order, dollars, at=ISSUED_AT):
    """Usage worth so many dollars, at ten dollars a million tokens."""
    holder = order.current_lines()[0].holder
    drawn = draw_usage(
        by_holder={holder: [Consumption("output", PRICE, Tokens(dollars * 100_000))]},
        because=BATCH,
        by=actor("contracting_officer"),
        at=at,
    )
    return drawn[holder]


def figures(order, column):
    """One figure of each ACRN, in the order of payment."""
    holder = order.current_lines()[0].holder
    return [(row.acrn, getattr(row, column)) for row in balances_of(holder)]


@pytest.mark.rule("R-FND-12", case="allowed")
def test_funds_that_are_added_in_the_middle_are_used_in_the_middle(contract):
    # Given an order that states AC, then AA, then AB, ten dollars each
    order = funded_by_three(contract)
    holder = order.current_lines()[0].holder

    # When fifteen dollars are used, AC pays first and AA the rest
    use(order, 15)
    assert figures(order, "consumed_dollars") == [("AC", 10), ("AA", 5), ("AB", 0)]

    # When ten more dollars are put on the one in the middle
    more = EffectDraft("0001", "AA", add_dollars=Dollars(10))
    issued_modification(on=order, effects=[more])

    # Then it pays on until it is used up, and only then the last one
    use(order, 17, at=MODIFIED_AT + timedelta(hours=3))
    assert figures(order, "consumed_dollars") == [("AC", 10), ("AA", 20), ("AB", 2)]
    assert live_limit(holder).funded_dollars_left == Dollars(8)

    # And beyond the last one nothing is funded
    use(order, 9, at=MODIFIED_AT + timedelta(hours=4))
    assert figures(order, "consumed_dollars") == [("AC", 10), ("AA", 20), ("AB", 10)]
    assert figures(order, "unfunded_dollars") == [("AC", 0), ("AA", 0), ("AB", 1)]

    # And acceptance and payment go the same way
    accept_usage(
        holder=holder,
        acrn=None,
        exact=Dollars(32),
        rounded=Dollars(32),
        tokens=Tokens(3_200_000),
        because=INVOICE,
        by=actor("cor"),
        at=MODIFIED_AT,
    )
    assert figures(order, "accepted_dollars") == [("AC", 10), ("AA", 20), ("AB", 2)]
    record_paid(
        holder=holder,
        acrn=None,
        dollars=Dollars(11),
        on=MODIFIED_AT.date(),
        because=INVOICE,
        by=actor("payment_certifier"),
        at=MODIFIED_AT,
    )
    assert figures(order, "paid_dollars") == [("AC", 10), ("AA", 1), ("AB", 0)]
    assert [said for each in INVARIANTS for said in each.check()] == []


@pytest.mark.rule("R-FND-12", case="refused")
def test_no_account_pays_what_was_used_on_another(contract):
    # Given fifteen dollars that were used and accepted: AC ten of them, then AA five
    order = funded_by_three(contract)
    holder = order.current_lines()[0].holder
    use(order, 15)
    accept_usage(
        holder=holder,
        acrn=None,
        exact=Dollars(15),
        rounded=Dollars(15),
        tokens=Tokens(1_500_000),
        because=INVOICE,
        by=actor("cor"),
        at=MODIFIED_AT,
    )

    # When a payment names AA for a cent more, or AB for anything
    for acrn, dollars in (("AA", "5.01"), ("AB", "0.01")):
        with nothing_happens(), pytest.raises(CrossCharged) as refusal:
            paid(holder, acrn, dollars)
        assert refusal.value.data["short_by"] == Dollars("0.01")

    # Then more than all of them owe is no question of the account
    with nothing_happens(), pytest.raises(PaymentExceeded):
        paid(holder, "AA", "15.01")

    # And to the cent it is paid
    paid(holder, "AA", "5.00")
    assert figures(order, "paid_dollars") == [("AC", 0), ("AA", 5), ("AB", 0)]


def paid(holder, acrn, dollars):
    """One account has paid so much."""
    return record_paid(
        holder=holder,
        acrn=acrn,
        dollars=Dollars(dollars),
        on=MODIFIED_AT.date(),
        because=INVOICE,
        by=actor("payment_certifier"),
        at=MODIFIED_AT,
    )

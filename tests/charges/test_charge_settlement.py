"""What a settlement grants is charged on the very funds that are kept for it."""

from datetime import date

import pytest

from contracting.charges.operations.charge_settlement import charge_settlement
from contracting.core.errors import NotAllowed
from contracting.core.quantities import Dollars
from contracting.ledger.queries import balances_of
from tests.builders_charges import line_of, noon, unit_order
from tests.cast import actor, nothing_happens
from tests.charges.test_charge import broken

STOP = date(2026, 5, 15)


def settle(order, by="contracting_officer"):
    line = line_of(order)
    return charge_settlement(
        parts=[(line, "AA", Dollars("123.45"))],
        on=STOP,
        because=order.subject,
        by=actor(by),
        at=noon(STOP),
    )


def test_a_settlement_is_one_unit_at_its_amount_on_the_last_day(contract):
    # Given an order of seats
    order = unit_order(on=contract)

    # When $123.45 is granted beside what it owes
    (charge,) = settle(order)

    # Then it is drawn on its funds and counts as no seat
    assert charge.units == 1
    assert charge.period.lower.date() == STOP
    (balance,) = balances_of(line_of(order).holder)
    assert Dollars(balance.consumed_dollars) == Dollars("123.45")
    assert broken() == []


def test_only_a_contracting_officer_of_the_agency_charges_it(contract):
    order = unit_order(on=contract)
    for person in ("cor", "vendor_a_signer", "other_agency_officer"):
        with pytest.raises(NotAllowed), nothing_happens():
            settle(order, by=person)

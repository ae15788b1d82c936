"""What a settlement grants is charged on the very funds that are kept for it."""

from datetime import date
from decimal import Decimal

import pytest

from contracting.charges.operations.charge_settlement import charge_settlement
from contracting.charges.queries import drawn_by
from contracting.core.errors import NotAllowed
from contracting.core.quantities import Dollars
from contracting.ledger.queries import balances_of
from tests.builders_charges import line_of, noon, unit_order
from tests.builders_metering import CALLED_AT, event, ingested, usage_source
from tests.builders_volume import books, calls, order_by_volume, rated
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


def test_a_period_that_is_rated_afterwards_leaves_the_settlement_alone(db):
    # Given usage on steps, not rated yet, and $5.00 granted beside it
    order = order_by_volume(dollars="9.00")
    usage_source()
    ingested(*calls(order, 400_000, 1_600_000, 2_000_000))
    line = order.lines.get()
    (charge,) = charge_settlement(
        parts=[(line, "AA", Dollars("1.00"))],
        on=STOP,
        because=order.subject,
        by=actor("contracting_officer"),
        at=noon(STOP),
    )

    # When the period is rated: $6.00 instead of $8.00
    rated(at=noon(STOP))

    # Then both stand, and a late call draws on what is left of the funds
    assert drawn_by([charge]) == {charge.pk: (Dollars("1.00"), Dollars())}
    assert books(order) == (4_000_000, Decimal("7.00"), 0, 0)
    assert broken() == []
    late = event(9, order=order, tokens={"input": 3_000_000}, at=CALLED_AT)
    ingested(late, at=noon(STOP))
    rated(at=noon(STOP))
    assert drawn_by([charge]) == {charge.pk: (Dollars("1.00"), Dollars())}
    assert books(order)[1] + books(order)[3] == Decimal("10.00")
    assert books(order)[1] <= Decimal("9.00")
    assert broken() == []

"""The calendar makes seats and reserved capacity due, month by month and day by day."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from contracting.charges.invariants import INVARIANTS as CHARGES
from contracting.charges.models import Charge
from contracting.charges.operations.charge import _fundable, charge_calendar
from contracting.charges.operations.charge_all import charge_all
from contracting.charges.queries import charged_lines, charged_units
from contracting.charges.states import Due
from contracting.core.actors import SYSTEM
from contracting.core.errors import NotAllowed
from contracting.core.quantities import Dollars, PricePerUnit
from contracting.ledger.invariants import INVARIANTS as LEDGER
from contracting.ledger.queries import balances_of, live_limit
from contracting.metering.invariants import INVARIANTS as METERING
from contracting.modifications.invariants import INVARIANTS as MODIFICATIONS
from contracting.orders.invariants import INVARIANTS as ORDERS
from contracting.reference.states import PartMonths, PriceStructure
from tests.builders_charges import (
    RESERVED,
    SEATS,
    charged,
    in_force,
    line_of,
    noon,
    unit_line,
    unit_order,
    units_on_contract,
)
from tests.cast import actor

APRIL = date(2026, 4, 13)


def broken():
    """Every sentence that does not hold."""
    all_of_them = [*CHARGES, *LEDGER, *METERING, *ORDERS, *MODIFICATIONS]
    return [words for each in all_of_them for words in each.check()]


def amounts(order, clin=SEATS):
    """What is charged on a line and stands, in the order of its periods."""
    rows = Charge.objects.filter(line=line_of(order, clin), reversed_at__isnull=True)
    return [Dollars(row.dollars) for row in rows.order_by("period")]


def test_each_month_is_charged_for_the_seats_of_each_day(contract):
    # Given ten seats from 13 April and twenty from 16 May
    order = unit_order(on=contract)
    in_force(order, 10, APRIL)
    in_force(order, 20, date(2026, 5, 16))

    # When the schedule runs in June
    charged(order, date(2026, 6, 1))

    # Then April owes 18 of 30 days of ten seats, May 15 days of ten and 16 of twenty
    assert amounts(order) == [Dollars("186.00"), Dollars("470.00")]
    assert charged_units(line_of(order)) == Decimal("6") + Decimal("15.161290")
    (balance,) = balances_of(line_of(order).holder)
    assert Dollars(balance.consumed_dollars) == Dollars("656.00")
    assert balance.consumed_tokens == 0
    limit = live_limit(line_of(order).holder)
    assert limit.funded_dollars_left == Dollars("39344.00")
    assert limit.binding != "tokens"
    assert broken() == []


def test_nothing_is_charged_before_its_month_is_over_and_nothing_twice(contract):
    # Given ten seats
    order = unit_order(on=contract)
    in_force(order, 10, APRIL)

    # When the schedule runs on the last of April, and twice in May
    assert charged(order, date(2026, 4, 30)).made == []
    first = charge_all(at=noon(date(2026, 5, 1)))
    again = charge_all(at=noon(date(2026, 5, 2)))

    # Then April is charged once
    assert (first.made, again.made, first.failed) == (1, 0, [])
    assert amounts(order) == [Dollars("186.00")]


def test_the_last_month_is_charged_when_the_period_is_over(contract):
    # Given an order that ends within May
    order = unit_order(on=contract, period_end=date(2026, 5, 10))
    in_force(order, 31, APRIL)

    # When the schedule runs on the day after
    charged(order, date(2026, 5, 11))

    # Then ten of 31 days of May are owed for 31 seats
    assert amounts(order)[-1] == Dollars("310.00")


def test_reserved_hours_are_due_day_by_day_idle_or_not(contract):
    # Given two units of capacity that nobody uses
    order = unit_order(unit_line(RESERVED, units="30000"), on=contract)
    in_force(order, 2, APRIL, clin=RESERVED)

    # When the schedule runs two days later
    charged(order, APRIL + timedelta(days=2))

    # Then two days of 24 hours are owed for both
    assert amounts(order, RESERVED) == [Dollars("120.00"), Dollars("120.00")]
    assert broken() == []


def test_what_becomes_due_in_another_amount_is_reversed_and_charged_anew(contract):
    # Given April charged for ten seats
    order = unit_order(on=contract)
    in_force(order, 10, APRIL)
    charged(order, date(2026, 5, 1))

    # When it turns out in May that twelve were in force
    in_force(order, 12, APRIL, at=noon(date(2026, 5, 4)))

    # Then April owes twelve, and the wrong charge is kept as reversed
    assert amounts(order) == [Dollars("223.20")]
    wrong = Charge.objects.get(reversed_at__isnull=False)
    assert Dollars(wrong.dollars) == Dollars("186.00")
    (line,) = charged_lines(order)
    assert line.dollars == Dollars("223.20")
    assert broken() == []


def test_beyond_the_funds_and_the_quantity_it_is_unfunded_in_full(contract):
    # Given funds of $100, or an order of two seat-months
    poor = unit_order(unit_line(SEATS, funded="100.00"), on=contract)
    short = unit_order(unit_line(SEATS, units="2"), on=contract)

    # When April owes $186.00 on each
    for order in (poor, short):
        in_force(order, 10, APRIL)
        charged(order, date(2026, 5, 1))

    # Then what neither funds nor order carries is recorded and not payable
    for order, funded in ((poor, "100.00"), (short, "62.00")):
        (balance,) = balances_of(line_of(order).holder)
        assert Dollars(balance.consumed_dollars) == Dollars(funded)
        assert Dollars(balance.unfunded_dollars) == Dollars("186.00") - Dollars(funded)
    assert broken() == []


def test_the_last_decimal_of_a_part_of_a_month_is_no_excess():
    # Given eleven of 31 days, and a millionth of a month less on order
    due = Due(
        APRIL,
        APRIL,
        1,
        PricePerUnit("31.00"),
        Decimal("0.354839"),
        Dollars("11.00"),
    )
    assert _fundable(due, Decimal("0.354838")) == Dollars("11.00")
    assert _fundable(due, Decimal("0.3")) == Dollars("9.30")


def test_only_the_schedule_charges(contract):
    order = unit_order(on=contract)
    in_force(order, 10, APRIL)
    with pytest.raises(NotAllowed):
        charge_calendar(order_id=order.pk, by=actor("cor"), at=noon(date(2026, 5, 1)))
    assert not Charge.objects.exists()
    assert charge_calendar(order_id=order.pk, by=SYSTEM, at=noon(date(2026, 5, 1))).made


def test_a_bundle_is_due_by_the_month_like_seats_and_in_full_where_so_agreed(db):
    # Given a contract on which a month that has begun counts in full
    contract = units_on_contract(clins=[SEATS], part_months=PartMonths.IN_FULL)
    line = contract.lines.get(clin=SEATS)
    line.structure = PriceStructure.BUNDLE
    line.save(update_fields=["structure"])
    order = unit_order(on=contract)
    in_force(order, 3, APRIL)
    in_force(order, 5, date(2026, 5, 30))

    # When May is over
    charged(order, date(2026, 6, 1))

    # Then April owes three whole months, and May the most that was in force
    assert amounts(order) == [Dollars("93.00"), Dollars("155.00")]

"""Whatever is recorded when, in which order: the calendar owes the same in the end."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracting.charges.models import Charge
from contracting.core.quantities import Dollars, total_dollars
from contracting.ledger.queries import balances_of
from tests.builders_charges import (
    RESERVED,
    SEATS,
    charged,
    in_force,
    line_of,
    noon,
    unit_line,
    unit_order,
)
from tests.charges.test_calculations import oracle
from tests.charges.test_charge import broken

FIRST, LAST = date(2026, 4, 13), date(2026, 9, 30)
EVER = (date(2025, 1, 1), date(2030, 1, 1))
PRICES = {SEATS: Decimal("31.00"), RESERVED: Decimal("2.50")}


@pytest.fixture(params=[SEATS, RESERVED])
def clin(request):
    """Seats are due by the month, reserved capacity by the hour."""
    return request.param


@pytest.fixture
def order(contract, clin):
    """An order of one of them, with funds and quantity for everything."""
    line = unit_line(clin, units="50000", dollars="49000.00", funded="49000.00")
    return unit_order(line, on=contract)


@settings(
    max_examples=8,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    said=st.lists(
        st.tuples(st.integers(0, 60), st.integers(0, 4), st.booleans()),
        min_size=1,
        max_size=5,
    ),
    until=st.integers(1, 75),
)
def test_words_and_nights_in_any_order_owe_the_same(order, clin, said, until):
    from django.db import transaction

    with transaction.atomic():
        # Given words on quantities of any day, with nights between them
        for days, quantity, a_night_between in said:
            on = FIRST + timedelta(days=days)
            in_force(order, quantity, on, clin=clin, at=noon(date(2026, 6, 30)))
            if a_night_between:
                charged(order, FIRST + timedelta(days=until))

        # When the last night is over
        today = date(2026, 7, 1)
        charged(order, today)

        # Then the books owe what single days add up to
        words = [(FIRST + timedelta(days=days), count) for days, count, _ in said]
        unit = "MO" if clin == SEATS else "HR"
        prices = [(*EVER, PRICES[clin])]
        owed = oracle(unit, "BY_DAY", FIRST, LAST, today, words, prices)
        rows = Charge.objects.filter(line=line_of(order, clin), reversed_at=None)
        assert total_dollars(Dollars(row.dollars) for row in rows) == owed
        (balance,) = balances_of(line_of(order, clin).holder)
        assert Dollars(balance.consumed_dollars + balance.unfunded_dollars) == owed
        assert broken() == []
        transaction.set_rollback(True)

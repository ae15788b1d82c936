"""What is allowed on a claim is a charge of its own, on a day of performance."""

from datetime import timedelta

import pytest

from contracting.charges.operations.charge_allowed import charge_allowed
from contracting.charges.queries import charged_units
from contracting.core.errors import NotAllowed
from contracting.core.quantities import Dollars
from tests.builders_metering import assert_the_books_balance
from tests.builders_orders import issued_order
from tests.builders_settlement import INVOICED_AT, balances
from tests.cast import actor, nothing_happens

pytestmark = pytest.mark.django_db


def charged(line, by="contracting_officer"):
    return charge_allowed(
        line=line,
        acrn="AA",
        dollars=Dollars("12.00"),
        because=line.order.subject,
        by=actor(by),
        at=INVOICED_AT + timedelta(days=1),
    )


def test_it_is_drawn_on_its_acrn_and_no_unit_of_the_line():
    order = issued_order()
    line = order.lines.get()
    with nothing_happens(), pytest.raises(NotAllowed):
        charged(line, by="cor")

    charge = charged(line)

    assert (charge.source, Dollars(charge.dollars)) == ("CLAIM", Dollars("12.00"))
    assert order.period.start <= charge.period.lower < order.period.end
    (row,) = balances(order)
    assert Dollars(row.consumed_dollars) == Dollars("12.00")
    assert charged_units(line) == 0
    assert_the_books_balance()

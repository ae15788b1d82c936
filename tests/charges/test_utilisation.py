"""What was used while capacity was reserved, and on how many days nothing was."""

from datetime import date
from decimal import Decimal

from contracting.metering.queries import utilisation
from tests.builders_billing import used
from tests.builders_charges import RESERVED, charged, in_force, unit_line, unit_order
from tests.builders_orders import line as token_line
from tests.cast import actor, client_for


def test_idle_capacity_is_shown_beside_what_was_used(contract):
    # Given two units of capacity from 19 April on, and one hour of use on the 20th
    order = unit_order(token_line(), unit_line(RESERVED, units="9000"), on=contract)
    in_force(order, 2, date(2026, 4, 19), clin=RESERVED)
    used(order)
    charged(order, date(2026, 4, 22))

    # Then three days are charged, and on two of them nothing was used
    (row,) = utilisation(order)
    assert (row.clin, row.month, row.unit) == (RESERVED, date(2026, 4, 1), "HR")
    assert (row.units, row.dollars) == (Decimal(144), Decimal(360))
    assert (row.days, row.idle_days, row.tokens) == (3, 2, 862_350)
    assert row.usd_per_million_tokens == Decimal("417.463907")
    page = client_for(actor("cor")).get(f"{order.path}/usage").content.decode()
    assert "2 of 3" in page
    assert "$360.00" in page


def test_an_order_without_reserved_capacity_has_no_such_table(contract):
    order = unit_order(on=contract)
    assert utilisation(order) == []
    page = client_for(actor("cor")).get(f"{order.path}/usage").content.decode()
    assert "Reserved capacity" not in page

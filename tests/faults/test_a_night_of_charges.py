"""What the calendar makes due is charged by another process, and once."""

from datetime import date

from contracting.charges import tasks
from contracting.charges.models import Charge
from tests.builders_charges import in_force, noon, unit_order
from tests.workers import eventually


def test_a_night_that_runs_twice_charges_once(worker):
    # Given ten seats in April
    order = unit_order()
    in_force(order, 10, date(2026, 4, 13))

    # When the night comes, its message comes twice, and the next month's after it
    for day in (date(2026, 5, 1), date(2026, 5, 1), date(2026, 6, 1)):
        tasks.charge_nightly.delay(noon(day).isoformat())

    # Then the worker has charged April once, and May
    charges = Charge.objects.filter(line__order=order)
    eventually(lambda: charges.count() >= 2)
    periods = sorted(charge.period.lower.month for charge in charges)
    assert periods == [4, 5]

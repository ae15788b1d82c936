"""The nightly job charges every open order, and one failure stops no other."""

from datetime import date

import pytest

from contracting.charges.operations import charge_all as job
from contracting.charges.operations.charge import charge_calendar
from contracting.charges.tasks import charge_nightly
from contracting.core.quantities import Dollars
from contracting.notices.models import Notice
from tests.builders_charges import in_force, noon, unit_order
from tests.charges.test_charge import amounts

APRIL = date(2026, 4, 13)
MAY = noon(date(2026, 5, 1))


@pytest.fixture
def orders(contract):
    """Two orders of ten seats each."""
    made = [unit_order(on=contract) for _ in range(2)]
    for order in made:
        in_force(order, 10, APRIL)
    return made


def test_every_order_is_charged_once_however_often_it_runs(orders):
    assert charge_nightly(MAY.isoformat()) == 2
    assert charge_nightly(MAY.isoformat()) == 0
    assert [amounts(order) for order in orders] == [[Dollars("186.00")]] * 2


def test_one_that_fails_is_told_and_the_others_go_on(orders, monkeypatch):
    # Given an order that cannot be charged
    real = charge_calendar

    def some(*, order_id, **more):
        if order_id == orders[0].pk:
            raise RuntimeError
        return real(order_id=order_id, **more)

    monkeypatch.setattr(job, "charge_calendar", some)

    # When the job runs
    night = job.charge_all(at=MAY)

    # Then the other is charged, and a contracting officer is told
    assert (night.made, night.failed) == (1, [orders[0].piid])
    assert amounts(orders[0]) == []
    assert amounts(orders[1]) == [Dollars("186.00")]
    assert Notice.objects.filter(title__contains="was not charged").exists()

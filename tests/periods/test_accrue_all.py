"""One order that fails stops no other one."""

from contracting.periods.operations import accrue_all as job
from contracting.periods.operations.accrue_all import accrue_all
from tests.builders_periods import CLOSED_AT


def test_what_fails_is_named_and_the_others_go_on(order, monkeypatch):
    def fails(**_):
        raise RuntimeError

    monkeypatch.setattr(job, "accrue_month", fails)

    assert accrue_all(at=CLOSED_AT).failed == [order.name]

"""One issued order whose use of many days is watched; each test takes its own back."""

from datetime import timedelta

import pytest

from contracting.core.actors import SYSTEM
from contracting.orders.models import TaskOrder
from contracting.watch.models import Alarm
from contracting.watch.operations.raise_alarms import raise_alarms
from tests.builders_metering import CALLED_AT, event, ingested, order_for, usage_source

DAYS = 30
NOW = CALLED_AT + timedelta(days=DAYS - 1, hours=1)
"""An hour after the last call, on the last day."""


@pytest.fixture
def order(db):
    """An order with $40 funded, under a ceiling of $60."""
    usage_source()
    return order_for("40.00", tokens=20_000_000)


@pytest.fixture
def used(order):
    """One call a day of so many dollars of output at $8, received at once."""

    def by_day(dollars, tokens=None, calls=1):
        ingested(
            *(
                event(
                    f"{n}-{c}",
                    order=order,
                    tokens=tokens(n)
                    if tokens
                    else {"input": 1_000, "output": round(amount * 125_000)},
                    at=CALLED_AT + timedelta(days=n, seconds=c),
                )
                for n, amount in enumerate(dollars)
                for c in range(calls)
            ),
            at=CALLED_AT + timedelta(days=len(dollars) - 1, minutes=30),
        )
        return order

    return by_day


def raised(order: TaskOrder, at=NOW) -> list[Alarm]:
    return raise_alarms(agency_id=order.contract.agency_id, by=SYSTEM, at=at)

"""One order whose April is accepted, for all stories of a file."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from django.db import transaction

from contracting.core import clock
from contracting.orders.models import TaskOrder
from tests.builders_billing import used
from tests.builders_orders import issued_order
from tests.builders_periods import CLOSED_AT, accepted_hour, ready_month


@pytest.fixture(scope="module")
def signed(django_db_setup, django_db_blocker) -> Iterator[int]:
    """An order is signed, used and accepted once, in a transaction around all tests."""
    with django_db_blocker.unblock(), transaction.atomic():
        order = issued_order()
        used(order)
        accepted_hour(order)
        yield order.pk
        transaction.set_rollback(True)


@pytest.fixture
def accepted(signed: int, db: None) -> TaskOrder:
    """An order with an accepted hour in April; nobody knows yet if that is all."""
    found = TaskOrder.objects.select_related("contract__vendor", "contract__agency")
    return found.get(pk=signed)


@pytest.fixture
def order(accepted: TaskOrder) -> TaskOrder:
    """The same after the month, when everything has arrived and is compared."""
    return ready_month(accepted)


@pytest.fixture
def told_the_time(monkeypatch: pytest.MonkeyPatch):
    """The doors read the clock of the story; ``told_the_time(at)`` moves it."""

    def tell(at: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: at)

    tell(CLOSED_AT)
    return tell

"""One signed order with an hour of usage for all stories of a file."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.db import transaction

from contracting.billing.models import Invoice
from contracting.core import clock
from contracting.orders.models import TaskOrder
from contracting.reconciliation.models import Finding
from tests.builders_billing import (
    ACCEPTED_AT,
    CALLS,
    HOUR,
    Call,
    compared,
    invoiced,
    reported,
    used,
)
from tests.builders_orders import issued_order


@pytest.fixture(scope="module")
def signed(django_db_setup, django_db_blocker) -> Iterator[int]:
    """An order is signed and used once, in a transaction around all tests."""
    with django_db_blocker.unblock(), transaction.atomic():
        order = issued_order()
        used(order)
        yield order.pk
        transaction.set_rollback(True)


@pytest.fixture
def order(signed: int, db: None) -> TaskOrder:
    """An order with one metered hour, not reported and not invoiced yet."""
    found = TaskOrder.objects.select_related("contract__vendor", "contract__agency")
    return found.get(pk=signed)


@pytest.fixture
def invoice(order: TaskOrder) -> Invoice:
    """An invoice that agrees with the report, which agrees with the meter."""
    reported(order)
    return invoiced(order)


@pytest.fixture
def told_the_time(monkeypatch: pytest.MonkeyPatch):
    """The doors read the clock of the story; ``told_the_time(at)`` moves it."""

    def tell(at: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: at)

    tell(ACCEPTED_AT)
    return tell


@pytest.fixture
def strangers(order: TaskOrder) -> list[Finding]:
    """A small stranger on each of three days: three discrepancies that are alike."""
    calls = [Call(f"r-9{n}", {"OUT_TEXT": 100}, minute=-n * 24 * 60) for n in (1, 2, 3)]
    reported(order, [*CALLS, *calls], period_start=HOUR[0] - timedelta(days=4))
    compared(order)
    found = list(Finding.objects.filter(order=order).order_by("pk"))
    assert len(found) == 3
    return found

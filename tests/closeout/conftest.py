"""One paid order for all stories of a file; each story takes its own back."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from django.db import transaction

from contracting.closeout.models import CompletionStatement
from contracting.core import clock
from contracting.orders.models import TaskOrder
from tests.builders_settlement import (
    CLOSED_AT,
    closed_order,
    completed_order,
    paid_invoice,
)


@pytest.fixture(scope="module")
def settled(django_db_setup, django_db_blocker) -> Iterator[int]:
    """An order is used, invoiced and paid once, in a transaction around all tests."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield paid_invoice().certification.invoice.order.pk
        transaction.set_rollback(True)


@pytest.fixture
def paid(settled: int, db: None) -> TaskOrder:
    """An issued order whose usage is paid."""
    return TaskOrder.objects.select_related("contract__vendor").get(pk=settled)


@pytest.fixture
def completed(paid: TaskOrder) -> TaskOrder:
    """The same order, physically complete."""
    return completed_order(order=paid)


@pytest.fixture
def closed(completed: TaskOrder) -> CompletionStatement:
    """The same order, closed out."""
    return closed_order(order=completed)


@pytest.fixture
def told_the_time(monkeypatch: pytest.MonkeyPatch):
    """The doors read the clock of the story; ``told_the_time(at)`` moves it."""

    def tell(at: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: at)

    tell(CLOSED_AT)
    return tell

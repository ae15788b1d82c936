"""One accepted invoice for all stories of a file; each story takes its own back."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from django.db import transaction

from contracting.billing.models import Invoice
from contracting.core import clock
from contracting.orders.models import TaskOrder
from contracting.payments.models import PaymentCertification
from tests.builders_settlement import (
    CERTIFIED_AT,
    accepted_invoice,
    certified_payment,
    reported,
    used_order,
)


@pytest.fixture(scope="module")
def used(django_db_setup, django_db_blocker) -> Iterator[int]:
    """Usage is metered and reported once, in a transaction around all tests."""
    with django_db_blocker.unblock(), transaction.atomic():
        order = used_order()
        reported(order)
        yield order.pk
        transaction.set_rollback(True)


@pytest.fixture
def order(used: int, db: None) -> TaskOrder:
    """A used order whose usage was reported and not invoiced yet."""
    return TaskOrder.objects.select_related("contract__vendor").get(pk=used)


@pytest.fixture
def accepted(order: TaskOrder) -> Invoice:
    """Its invoice, accepted in full."""
    return accepted_invoice(order=order)


@pytest.fixture
def certified(accepted: Invoice) -> PaymentCertification:
    """Its invoice, certified for payment."""
    return certified_payment(invoice=accepted)


@pytest.fixture
def told_the_time(monkeypatch: pytest.MonkeyPatch):
    """The doors read the clock of the story; ``told_the_time(at)`` moves it."""

    def tell(at: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: at)

    tell(CERTIFIED_AT)
    return tell

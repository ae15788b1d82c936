"""One signed order whose vendor has reported a call twice, for all stories."""

from collections.abc import Iterator

import pytest
from django.db import transaction

from contracting.disputes.models import DisputeCase
from contracting.orders.models import TaskOrder
from contracting.reconciliation.models import Finding
from tests.builders_billing import CALLS, compared, reported, used
from tests.builders_disputes import OPENED_AT, opened
from tests.builders_orders import issued_order


@pytest.fixture(scope="module")
def signed(django_db_setup, django_db_blocker) -> Iterator[int]:
    """An order is signed, used, reported and compared once around all tests."""
    with django_db_blocker.unblock(), transaction.atomic():
        order = issued_order()
        used(order)
        reported(order, [*CALLS, CALLS[1]])
        compared(order)
        yield order.pk
        transaction.set_rollback(True)


@pytest.fixture
def order(signed: int, db: None) -> TaskOrder:
    """An order with a call that the vendor lists twice: $0.660008."""
    found = TaskOrder.objects.select_related("contract__vendor", "contract__agency")
    return found.get(pk=signed)


@pytest.fixture
def finding(order: TaskOrder) -> Finding:
    """The duplicate."""
    return Finding.objects.get(order=order)


@pytest.fixture
def case(finding: Finding) -> DisputeCase:
    """It is put to the vendor."""
    return opened(finding, at=OPENED_AT)

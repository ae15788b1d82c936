"""One awarded contract for all stories of a file; each takes back what it did."""

from collections.abc import Iterator

import pytest
from django.db import transaction

from contracting.contracts.models import Contract
from contracting.core import clock
from contracting.orders.models import TaskOrder
from tests.builders_orders import MODIFIED_AT, issued_order


@pytest.fixture(scope="module")
def ordered(django_db_setup, django_db_blocker) -> Iterator[int]:
    """A contract with one order is signed once, around all tests of the file."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield issued_order().pk
        transaction.set_rollback(True)


@pytest.fixture
def order(ordered: int, db: None) -> TaskOrder:
    """A signed order of $60 and 20 million tokens, funded for $40."""
    return TaskOrder.objects.get(pk=ordered)


@pytest.fixture
def contract(order: TaskOrder) -> Contract:
    """The contract of that order, of $400,000 and 40 billion tokens."""
    return Contract.objects.get(pk=order.contract_id)


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    """The doors read the clock on the day of the story."""
    monkeypatch.setattr(clock, "now", lambda: MODIFIED_AT)

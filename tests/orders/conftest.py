"""One awarded contract, and one signed order, for all stories of a file.

Each story takes back what it did; the file takes back the world.
"""

from collections.abc import Iterator

import pytest
from django.db import transaction

from contracting.contracts.models import Contract
from contracting.core import clock
from contracting.orders.models import TaskOrder
from tests.builders_orders import MODIFIED_AT, awarded_contract, issued_order


@pytest.fixture(scope="module")
def awarded(django_db_setup, django_db_blocker) -> Iterator[int]:
    """The award is signed once, in a transaction around all tests of the file."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield awarded_contract().pk
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def ordered(awarded: int, django_db_blocker) -> int:
    """The order is signed once, in the same transaction."""
    with django_db_blocker.unblock():
        return issued_order(on=Contract.objects.get(pk=awarded)).pk


@pytest.fixture
def contract(awarded: int, db: None) -> Contract:
    """A signed contract of $400,000 and 40 billion tokens."""
    return Contract.objects.get(pk=awarded)


@pytest.fixture
def order(ordered: int, db: None) -> TaskOrder:
    """A signed order of $60 and 20 million tokens, funded for $40."""
    return TaskOrder.objects.get(pk=ordered)


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    """The doors read the clock on the day of the story."""
    monkeypatch.setattr(clock, "now", lambda: MODIFIED_AT)

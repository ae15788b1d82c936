"""One contract with units for all stories of a file; each takes back what it did."""

from collections.abc import Iterator

import pytest
from django.db import transaction

from contracting.contracts.models import Contract
from tests.builders_charges import units_on_contract


@pytest.fixture(scope="module")
def agreed(django_db_setup, django_db_blocker) -> Iterator[int]:
    """The lines are agreed once, in a transaction around all tests of the file."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield units_on_contract().pk
        transaction.set_rollback(True)


@pytest.fixture
def contract(agreed: int, db: None) -> Contract:
    """Seats at $31.00 a month, capacity at $2.50 an hour, workshops and storage."""
    return Contract.objects.get(pk=agreed)

"""Two holders of one solicitation, for all stories of a file."""

from collections.abc import Iterator

import pytest
from django.db import transaction

from contracting.contracts.models import Contract
from tests.builders_fair import two_holders


@pytest.fixture(scope="module")
def awarded(django_db_setup, django_db_blocker) -> Iterator[int]:
    """Both awards are signed once, in a transaction around all tests of the file."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield two_holders().pk
        transaction.set_rollback(True)


@pytest.fixture
def contract(awarded: int, db: None) -> Contract:
    """Meridian's contract; Larkspur holds the other one."""
    return Contract.objects.get(pk=awarded)

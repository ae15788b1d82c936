"""One awarded contract for all stories of a file; each story takes its own back."""

from collections.abc import Iterator

import pytest
from django.db import transaction

from contracting.contracts.models import Contract
from contracting.core import clock
from tests.builders_orders import MODIFIED_AT, awarded_contract


@pytest.fixture(scope="module")
def awarded(django_db_setup, django_db_blocker) -> Iterator[int]:
    """The award is signed once in a transaction around all tests of the file."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield awarded_contract().pk
        transaction.set_rollback(True)


@pytest.fixture
def contract(awarded: int, db: None) -> Contract:
    """A signed contract of $400,000 and 40 billion tokens."""
    return Contract.objects.get(pk=awarded)


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    """The doors read the clock on the day of the story."""
    monkeypatch.setattr(clock, "now", lambda: MODIFIED_AT)

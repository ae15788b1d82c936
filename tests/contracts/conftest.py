"""One decided solicitation for all stories of a file; each takes its own back."""

from collections.abc import Iterator

import pytest
from django.db import transaction

from contracting.core import clock
from contracting.evaluations.models import SelectionDecision
from tests.builders_orders import AWARDED_AT
from tests.offers import decided_solicitation


@pytest.fixture(scope="module")
def decided(django_db_setup, django_db_blocker) -> Iterator[int]:
    """The selection is decided once in a transaction around all tests of the file."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield decided_solicitation().pk
        transaction.set_rollback(True)


@pytest.fixture
def decision(decided: int, db: None) -> SelectionDecision:
    """Meridian's offer is selected: $400,000, 40 billion tokens, $1,000 at least."""
    return SelectionDecision.objects.get(pk=decided)


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    """The doors read the clock on the day of the award."""
    monkeypatch.setattr(clock, "now", lambda: AWARDED_AT)

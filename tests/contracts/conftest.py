"""One decided solicitation for all stories of a file; each takes its own back."""

from collections.abc import Iterator

import pytest
from django.db import transaction

from contracting.core import clock
from contracting.evaluations.models import SelectionDecision
from tests.builders import released_solicitation
from tests.builders_orders import AWARDED_AT
from tests.offers import (
    agreed_offers,
    decided_solicitation,
    declared_panel,
    locked_ratings,
    opened_offers,
    rated_offers,
    submitted_offers,
)


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


@pytest.fixture(scope="module")
def decided_on_quotations(django_db_setup, django_db_blocker) -> Iterator[int]:
    """The selection on a request for quotations, once around all tests of the file."""
    with django_db_blocker.unblock(), transaction.atomic():
        solicitation = released_solicitation(terms={"kind": "RFQ"})
        submitted_offers(on=solicitation)
        opened_offers(on=solicitation)
        for made in (declared_panel, rated_offers, locked_ratings, agreed_offers):
            made(on=solicitation)
        yield decided_solicitation(on=solicitation).pk
        transaction.set_rollback(True)


@pytest.fixture
def quoted(decided_on_quotations: int, db: None) -> SelectionDecision:
    """Meridian's quotation is selected: $400,000, $1,000 at least."""
    return SelectionDecision.objects.get(pk=decided_on_quotations)

"""One awarded contract for all stories of a file; each takes back what it did."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction

from contracting.contracts.models import Contract
from contracting.core import clock
from contracting.core.actors import SYSTEM
from contracting.orders.models import TaskOrder
from contracting.reference.calculations import read_list
from contracting.reference.operations.import_list_prices import import_list_prices
from tests.builders_modifications import recorded_terms
from tests.builders_orders import MODIFIED_AT, issued_order

LISTS = Path(__file__).parent / "lists"


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


@pytest.fixture
def imported():
    """Import a carried list."""

    def take(release, at):
        carried = read_list(release, (LISTS / f"{release}.csv").read_text())
        import_list_prices(carried=carried, by=SYSTEM, at=at)

    return take


@pytest.fixture
def fallen(contract, imported):
    """It follows the list ten percent below, 15 days later; the list fell in May."""
    recorded_terms(on=contract)
    imported("2026.04", MODIFIED_AT)
    imported("2026.05", MODIFIED_AT + timedelta(days=1))
    return contract

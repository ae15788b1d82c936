"""One issued order and its gateway for all stories of a file; each is taken back."""

from collections.abc import Iterator

import pytest
from django.db import transaction

from contracting.contracts.models import Contract
from contracting.core import clock
from contracting.metering.models import UsageSource
from contracting.orders.models import TaskOrder
from tests.builders_metering import (
    DELIVERED_AT,
    event,
    ingested,
    order_for,
    told_to,
    usage_source,
)
from tests.builders_orders import issued_order


@pytest.fixture(scope="module")
def issued(django_db_setup, django_db_blocker) -> Iterator[int]:
    """The order is signed once in a transaction around all tests of the file."""
    with django_db_blocker.unblock(), transaction.atomic():
        order = issued_order()
        usage_source()
        yield order.pk
        transaction.set_rollback(True)


@pytest.fixture
def order(issued: int, db: None) -> TaskOrder:
    """Line 0001: $60 and 20 million tokens, funded for $40, from 13 April 2026."""
    return TaskOrder.objects.select_related("contract").get(pk=issued)


@pytest.fixture
def contract(order: TaskOrder) -> Contract:
    """The contract under which the order is placed."""
    return order.contract


@pytest.fixture
def source(order: TaskOrder) -> UsageSource:
    """The agency's gateway."""
    return usage_source()


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    """The doors read the clock half an hour after the calls."""
    monkeypatch.setattr(clock, "now", lambda: DELIVERED_AT)


@pytest.fixture
def funded(contract):
    """An order with $40 funded."""
    return order_for("40.00", tokens=20_000_000, on=contract)


@pytest.fixture
def burn(funded):
    """Each call uses so many dollars of output at $8; the shares that are then told."""
    number = iter(range(1, 1_000))

    def uses(dollars, at=DELIVERED_AT):
        tokens = round(dollars * 125_000)
        n = next(number)
        ingested(event(n, order=funded, tokens={"output": tokens}), at=at)
        return told_to("cor")

    return uses

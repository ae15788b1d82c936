"""What is accepted or closed out keeps its steps, whatever comes later."""

from datetime import timedelta
from decimal import Decimal

import pytest

from contracting.contracts.models import ContractLine
from contracting.metering.models import VolumeFreeze
from contracting.metering.operations.freeze import freeze_volume
from tests.builders_metering import (
    CALLED_AT,
    assert_the_books_balance,
    event,
    ingested,
    usage_source,
)
from tests.builders_volume import (
    RATED_AT,
    books,
    calls,
    contract_by_volume,
    order_by_volume,
    rated,
)
from tests.cast import actor, nothing_happens

pytestmark = pytest.mark.django_db


def frozen(clin, contract, at=RATED_AT):
    return freeze_volume(
        lines=ContractLine.objects.filter(contract=contract, clin=clin),
        because=contract.subject,
        by=actor("cor"),
        at=at,
    )


def test_late_usage_stands_behind_what_is_frozen():
    # Given a million tokens at $2.00, whose order is fixed at the end of April
    order = order_by_volume()
    usage_source()
    ingested(*calls(order, 1_000_000))
    rated()
    frozen("0002", order.contract)

    # When a call arrives in May that was made before all of them
    ingested(
        event(9, order=order, tokens={"output": 200_000}, at=CALLED_AT),
        at=RATED_AT + timedelta(days=1),
    )
    rated(at=RATED_AT + timedelta(days=2))

    # Then it stands at the second step, $6.00, and the million where it stood
    assert books(order)[1] == 2 + Decimal("1.20")
    assert_the_books_balance()


def test_a_line_of_one_price_has_nothing_to_freeze():
    contract = contract_by_volume()

    with nothing_happens():
        assert frozen("0001", contract) == []

    assert not VolumeFreeze.objects.exists()

"""What a contract says of the service, from a day on; what was said stays."""

from datetime import date
from decimal import Decimal

import pytest

from contracting.contracts.models import Contract
from contracting.core.errors import NotAllowed
from contracting.disputes.models import ServiceLevel
from contracting.disputes.refusals import ServiceLevelIncomplete
from tests.builders_orders import awarded_contract
from tests.builders_service import level
from tests.cast import nothing_happens
from tests.worlds import once_per_file

pytestmark = pytest.mark.django_db

world = once_per_file(awarded_contract)


@pytest.fixture
def contract(world):
    return Contract.objects.get(pk=world)


def test_a_later_level_ends_the_earlier_one_and_keeps_it(contract):
    level(contract)
    level(
        contract,
        target=Decimal("99.5"),
        steps=[(Decimal(99), Decimal(5))],
        first_day=date(2026, 6, 1),
    )

    known = ServiceLevel.objects.known().filter(contract=contract).order_by("in_force")
    assert [each.target for each in known] == [Decimal("99.9"), Decimal("99.5")]
    assert known[0].in_force.upper == known[1].in_force.lower
    assert ServiceLevel.objects.filter(contract=contract).count() == 3


@pytest.mark.parametrize(
    "wrong",
    [
        {"measure": "SMILES"},
        {"target": Decimal("100.1")},
        {"steps": []},
        {"steps": [(Decimal(99), Decimal(5)), (Decimal(98), Decimal(4))]},
        {"says_so": " "},
    ],
)
def test_a_level_is_whole(contract, wrong):
    with nothing_happens(), pytest.raises(ServiceLevelIncomplete):
        level(contract, **wrong)


@pytest.mark.parametrize("outsider", ["cor", "other_agency_officer", "vendor_a_signer"])
def test_nobody_else_records_it(contract, outsider):
    with nothing_happens(), pytest.raises(NotAllowed):
        level(contract, by=outsider)

"""What a contract says of the service, from a day on; what was said stays."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from contracting.contracts.models import Contract
from contracting.contracts.paperwork import contract_sheet
from contracting.core.errors import NotAllowed
from contracting.disputes.models import ServiceLevel
from contracting.disputes.refusals import ServiceLevelIncomplete
from contracting.documents.queries import documents_of
from tests.builders_orders import awarded_contract, certified_contract
from tests.builders_service import level
from tests.cast import actor, client_for, nothing_happens
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


def test_its_exhibit_to_the_contract_is_printed_for_both_sides(contract):
    # Given two levels, the later one from June on
    level(contract)
    half: dict[str, Any] = {
        "target": Decimal("99.5"),
        "steps": [(Decimal(99), Decimal(5))],
    }
    level(contract, first_day=date(2026, 6, 1), **half)

    # Then each time the whole exhibit was asked for, the last one with both
    last, first = documents_of(contract.subject).filter(kind="service_levels")
    assert (first.version, last.version) == (1, 2)
    (table,) = last.context["tables"]
    assert [(row["target"], row["first"], row["last"]) for row in table["rows"]] == [
        ("at least 99.9%", "2026-04-01", "2026-05-31"),
        ("at least 99.5%", "2026-06-01", "further notice"),
    ]
    assert table["rows"][0]["credits"] == "below 99.9%: 5%\nbelow 90%: 10%"

    # And vendor and agency read it from the page of the levels, nobody else
    for part in ("vendor_a_signer", "cor"):
        page = client_for(actor(part)).get(f"{contract.path}/service_levels")
        assert f"/documents/{last.public_id}" in page.content.decode()
    stranger = client_for(actor("other_vendor_signer"))
    assert stranger.get(f"/documents/{last.public_id}").status_code == 404


def test_a_level_that_is_stated_before_the_award_is_printed_with_the_contract():
    contract = certified_contract()
    level(contract)
    assert not documents_of(contract.subject).exists()

    sheet = contract_sheet(contract, signer=actor("contracting_officer"))

    (table,) = (each for each in sheet["tables"] if each["caption"] == "Service levels")
    assert table["rows"][0]["target"] == "at least 99.9%"


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


def test_months_that_are_over_keep_their_level(contract):
    with nothing_happens(), pytest.raises(ServiceLevelIncomplete) as refusal:
        level(contract, first_day=date(2026, 3, 31))

    assert refusal.value.data["pointer"] == "/first_day"
    assert "name the modification" in refusal.value.message

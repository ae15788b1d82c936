"""Creating a line of accounting."""

from datetime import date
from typing import Any

import pytest

from contracting.core.errors import NotAllowed
from contracting.core.identifiers import BadIdentifier
from contracting.ledger.operations.create import create_line_of_accounting
from contracting.ledger.states import AccountKind
from tests.cast import nothing_happens

TERMS: dict[str, Any] = {
    "label": "Research cloud",
    "treasury_account_symbol": "020-2026/2027-0102-000",
    "appropriation": "Research and development",
    "funds_available_from": date(2025, 10, 1),
    "funds_available_to": date(2027, 9, 30),
}


def test_a_funds_certifier_creates_a_line_with_nothing_on_it(
    agency, funds_certifier, at
):
    line = create_line_of_accounting(
        agency_id=agency.pk, by=funds_certifier, at=at, **TERMS
    )

    assert line.public_id.startswith("loa_")
    assert line.funds.free.plain() == "0"
    assert {account.kind for account in line.accounts.all()} == {
        AccountKind.APPROPRIATION,
        AccountKind.FUNDS,
        AccountKind.INTEREST,
    }


def test_nobody_else_creates_one(agency, contracting_officer, at):
    with nothing_happens(), pytest.raises(NotAllowed):
        create_line_of_accounting(
            agency_id=agency.pk, by=contracting_officer, at=at, **TERMS
        )


def test_a_funds_certifier_creates_none_for_another_agency(
    other_agency_officer, funds_certifier, at
):
    with nothing_happens(), pytest.raises(NotAllowed):
        create_line_of_accounting(
            agency_id=other_agency_officer.organization_id,
            by=funds_certifier,
            at=at,
            **TERMS,
        )


@pytest.mark.parametrize(
    "wrong",
    [
        {"treasury_account_symbol": "20-26/27-102"},
        {"treasury_account_symbol": "020-2027/2026-0102-000"},
        {"object_class": "software"},
        {"acrn_hint": "IO"},
    ],
)
def test_a_number_that_breaks_its_grammar_is_refused(
    agency, funds_certifier, at, wrong
):
    with nothing_happens(), pytest.raises(BadIdentifier):
        create_line_of_accounting(
            agency_id=agency.pk, by=funds_certifier, at=at, **{**TERMS, **wrong}
        )

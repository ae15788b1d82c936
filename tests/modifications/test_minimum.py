"""Both agree to a lower guaranteed minimum; what it binds less goes back."""

from decimal import Decimal

import pytest

from contracting.contracts.models import Contract, ContractFunding
from contracting.core.quantities import Dollars
from contracting.ledger.queries import balances_of, funds_of
from contracting.modifications.operations.issue import issue_contract_modification
from contracting.modifications.refusals import NotSignedByVendor, TermInvalid
from tests.builders_instruments import agreement
from tests.builders_metering import assert_the_books_balance
from tests.builders_modifications import (
    drafted_contract_modification,
    issued_contract_modification,
)
from tests.builders_orders import MODIFIED_AT, awarded_contract
from tests.cast import actor, nothing_happens

pytestmark = pytest.mark.django_db

LOWER = {"minimum_dollars": Decimal("600.00")}


def bound(contract):
    return Dollars(
        sum(
            (
                row.obligated_dollars
                for line in contract.lines.all()
                for row in balances_of(line.holder)
            ),
            Decimal(0),
        )
    )


@pytest.mark.rule("R-FND-09", case="allowed")
def test_a_lower_minimum_gives_its_funds_back():
    # Given a contract that guarantees $1,000.00
    contract = awarded_contract()

    # When both sign that it guarantees $600.00
    modification = issued_contract_modification(on=contract, terms=LOWER)

    # Then $400.00 go back to the line of accounting, and the contract says so
    contract = Contract.objects.get(pk=contract.pk)
    assert contract.minimum_dollars == Decimal("600.00")
    assert bound(contract) == Dollars("600.00")
    assert ContractFunding.objects.get().dollars == Decimal("600.00")
    (funds,) = funds_of(contract.agency_id)
    assert funds.obligated == Dollars("600.00")
    terms = [row["term"] for row in modification.changes]
    assert "Guaranteed minimum in dollars" in terms
    assert_the_books_balance()


def test_minimum_and_ceiling_are_lowered_together():
    contract = awarded_contract()
    both = LOWER | {"ceiling_dollars": Decimal("800.00")}
    with nothing_happens(), pytest.raises(TermInvalid, match="at least the minimum"):
        drafted_contract_modification(
            on=contract, terms=LOWER | {"ceiling_dollars": Decimal("500.00")}
        )

    issued_contract_modification(on=contract, terms=both)

    contract = Contract.objects.get(pk=contract.pk)
    assert contract.minimum_dollars == Decimal("600.00")
    assert contract.ceiling_dollars == Decimal("800.00")
    assert_the_books_balance()


@pytest.mark.rule("R-MOD-02", case="refused")
def test_the_government_does_not_lower_it_alone():
    contract = awarded_contract()
    draft = drafted_contract_modification(on=contract, terms=LOWER)

    with nothing_happens(), pytest.raises(NotSignedByVendor):
        issued_without_vendor(draft)


def issued_without_vendor(draft):
    return issue_contract_modification(
        modification_id=draft.pk,
        by=actor("contracting_officer"),
        at=MODIFIED_AT,
        seen_version=draft.version,
    )


@pytest.mark.rule("R-AWD-03", case="refused")
@pytest.mark.parametrize("dollars", ["0.00", "25.00"])
def test_a_nominal_minimum_is_none(dollars):
    contract = awarded_contract()

    with nothing_happens(), pytest.raises(TermInvalid) as refusal:
        drafted_contract_modification(
            on=contract, terms={"minimum_dollars": Decimal(dollars)}
        )

    assert refusal.value.rule == "R-AWD-03"


def test_an_agreement_is_given_no_minimum():
    contract = agreement()

    with nothing_happens(), pytest.raises(TermInvalid):
        drafted_contract_modification(
            on=contract, terms={"minimum_dollars": Decimal("100.00")}
        )

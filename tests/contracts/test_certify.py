"""The funds certifier's word for the guaranteed minimum of one version."""

import pytest

from contracting.audit.queries import events_of
from contracting.contracts.models import ContractFunding
from contracting.contracts.operations.certify import certify_contract_funds
from contracting.contracts.refusals import AlreadyCertified
from contracting.core.errors import IllegalMove, NotAllowed, Stale
from contracting.core.quantities import Dollars
from contracting.ledger.queries import balances_of, funds_of
from contracting.ledger.refusals import FundsExceeded
from tests.builders_orders import (
    AWARDED_AT,
    awarded_contract,
    certified_contract,
    drafted_contract,
    line_of_accounting,
)
from tests.cast import actor, nothing_happens
from tests.contracts.seats import also_as


def certified(contract, by=None, seen_version=None):
    return certify_contract_funds(
        contract_id=contract.pk,
        by=by or actor("funds_certifier"),
        at=AWARDED_AT,
        seen_version=seen_version or contract.version,
    )


@pytest.mark.rule("R-FND-01", case="allowed")
def test_certifying_sets_the_minimum_aside(decision):
    # Given a draft award with a minimum of a thousand dollars
    contract = drafted_contract(on=decision)

    # When the certifier vouches for its funds
    certified(contract)

    # Then they are committed, not obligated, on the line that bears them
    (funds,) = funds_of(contract.agency_id)
    assert (funds.committed, funds.obligated) == (Dollars("1000.00"), Dollars())
    (balance,) = balances_of(contract.lines.get().holder)
    assert balance.committed_dollars == 1000
    assert balance.line.title.endswith("line 0001, guaranteed minimum")

    # And who did it, when and for which version is kept with the funds
    row = ContractFunding.objects.get()
    assert row.certified_by is not None
    assert row.certified_by.user.name == "Mia Funds"
    assert (row.certified_at, row.certified_version) == (AWARDED_AT, 1)
    last = events_of(contract.subject).last()
    assert last is not None
    assert last.event == "contracts.contract.funds_certified"
    assert contract.content_sha256 in last.payload


@pytest.mark.rule("R-FND-01", case="refused")
def test_funds_that_are_not_there_are_not_certified(decision):
    line_of_accounting("Claims modernization", "999.99")
    contract = drafted_contract(on=decision)

    with nothing_happens(), pytest.raises(FundsExceeded) as refusal:
        certified(contract)

    assert refusal.value.rule == "R-FND-01"
    assert refusal.value.data["short_by"] == Dollars("0.01")


@pytest.mark.parametrize(
    "part_name", ["contracting_officer", "program_manager", "other_agency_officer"]
)
def test_only_a_funds_certifier_certifies(decision, part_name):
    contract = drafted_contract(on=decision)

    with nothing_happens(), pytest.raises(NotAllowed):
        certified(contract, by=actor(part_name))


@pytest.mark.rule("R-ROL-03", case="refused")
@pytest.mark.parametrize("part_name", ["program_manager", "contract_specialist"])
def test_who_requested_or_drafted_it_does_not_certify_it(decision, part_name):
    # Given somebody who has asked for the buy or drafted the award, and certifies too
    contract = drafted_contract(on=decision)
    both = also_as(part_name, "FUNDS_CERTIFIER")

    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        certified(contract, by=both)

    assert refusal.value.rule == "R-ROL-03"


def test_another_version_is_not_certified(decision):
    contract = drafted_contract(on=decision)

    with nothing_happens(), pytest.raises(Stale):
        certified(contract, seen_version=2)


def test_funds_are_certified_once_and_before_the_signature(decision):
    contract = certified_contract(on=decision)
    with nothing_happens(), pytest.raises(AlreadyCertified):
        certified(contract)


def test_a_signed_contract_needs_no_certificate(decision):
    contract = awarded_contract(on=decision)
    with nothing_happens(), pytest.raises(IllegalMove):
        certified(contract)

"""A draft award is given up; the decision stays."""

import pytest

from contracting.audit.queries import events_of
from contracting.contracts.models import Contract
from contracting.contracts.operations.award import award_contract
from contracting.contracts.operations.discard import discard_contract
from contracting.contracts.queries import visible_to
from contracting.contracts.states import ContractState
from contracting.core.errors import IllegalMove, NotAllowed
from contracting.core.quantities import Dollars
from contracting.evaluations.refusals import NotOpened
from contracting.ledger.queries import funds_of
from contracting.solicitations.operations.cancel import cancel_solicitation
from tests.builders_orders import (
    AWARDED_AT,
    awarded_contract,
    certified_contract,
    drafted_contract,
    line_of_accounting,
)
from tests.cast import actor, nothing_happens


def discarded(contract, by="contract_specialist"):
    return discard_contract(contract_id=contract.pk, by=actor(by), at=AWARDED_AT)


def test_a_discarded_draft_releases_its_funds_and_can_be_drafted_again(decision):
    # Given a draft award whose funds are certified
    contract = certified_contract(on=decision)

    # When a specialist gives it up
    discarded(contract)

    # Then nothing is set aside any more, and nobody sees it
    (funds,) = funds_of(contract.agency_id)
    assert (funds.committed, funds.obligated) == (Dollars(), Dollars())
    assert not visible_to(actor("contracting_officer"))
    last = events_of(contract.subject).last()
    assert last is not None
    assert last.event == "contracts.contract.discarded"

    # And the same decision is drafted and awarded anew
    again = awarded_contract(on=decision)
    assert again.piid == "75D30126D00001"
    assert Contract.objects.count() == 2
    (funds,) = funds_of(contract.agency_id)
    assert funds.obligated == Dollars("1000.00")


def test_a_draft_without_certified_funds_is_discarded_too(decision):
    contract = discarded(drafted_contract(on=decision), by="contracting_officer")

    assert contract.state == ContractState.DISCARDED


def test_a_discarded_draft_is_not_signed(decision):
    contract = discarded(certified_contract(on=decision))

    with nothing_happens(), pytest.raises(IllegalMove):
        award_contract(
            contract_id=contract.pk,
            by=actor("contracting_officer"),
            at=AWARDED_AT,
            seen_version=contract.version,
        )


def test_a_signed_contract_is_not_discarded(decision):
    contract = awarded_contract(on=decision)

    with nothing_happens(), pytest.raises(IllegalMove):
        discarded(contract)


@pytest.mark.parametrize("part_name", ["program_manager", "other_agency_officer"])
def test_only_the_contracting_office_discards(decision, part_name):
    contract = drafted_contract(on=decision)

    with nothing_happens(), pytest.raises(NotAllowed):
        discarded(contract, by=part_name)


def test_no_commitment_outlives_a_cancellation(decision, contracting_officer):
    # Given a draft award whose funds are certified
    contract = certified_contract(on=decision)

    # When the solicitation is cancelled under it, that is refused
    with nothing_happens(), pytest.raises(NotAllowed, match="Discard the draft"):
        cancelled(decision, contracting_officer)

    # Then it is cancelled once the draft has been given up, and nothing is committed
    discarded(contract)
    assert cancelled(decision, contracting_officer).state == "CANCELLED"
    (funds,) = funds_of(contract.agency_id)
    assert funds.committed == Dollars()


def test_nothing_is_drafted_on_a_cancelled_solicitation(decision, contracting_officer):
    line_of_accounting()
    cancelled(decision, contracting_officer)

    with nothing_happens(), pytest.raises(NotOpened):
        drafted_contract(on=decision)


def cancelled(decision, by):
    return cancel_solicitation(
        solicitation_id=decision.solicitation_id,
        reason="The need has gone.",
        memo="The funds were withdrawn.",
        by=by,
        at=AWARDED_AT,
    )

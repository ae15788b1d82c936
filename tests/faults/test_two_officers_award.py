"""Two contracting officers sign the same award at one instant."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from contracting.audit.models import AuditEvent
from contracting.contracts.models import Contract
from contracting.contracts.operations.award import award_contract
from contracting.contracts.operations.discard import discard_contract
from contracting.contracts.operations.draft import MinimumFunding, draft_contract
from contracting.contracts.refusals import AlreadyAwarded
from contracting.contracts.states import ContractState
from contracting.core.errors import IllegalMove, Refusal
from contracting.core.quantities import Dollars
from contracting.documents.models import Document
from contracting.ledger.queries import funds_of
from contracting.operate.queries import broken_invariants
from tests.builders_orders import (
    AWARDED_AT,
    MINIMUM,
    certified_contract,
    line_of_accounting,
)
from tests.offers import decided_for_several


@pytest.fixture
def contract(own_database):
    """A complete draft award whose funds are certified."""
    return certified_contract()


def at_one_instant(*works):
    """Each on a connection of its own, at one barrier; what each was told."""
    barrier = Barrier(len(works))

    def does(work):
        connection.ensure_connection()
        barrier.wait(timeout=30)
        try:
            work()
        except Refusal as refusal:
            return refusal
        finally:
            connection.close()
        return None

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(does, works))


def signing(contract, by):
    return lambda: award_contract(
        contract_id=contract.pk, by=by, at=AWARDED_AT, seen_version=contract.version
    )


def test_one_officer_awards_and_the_other_is_told(
    contract, contracting_officer, second_contracting_officer
):
    # When both officers sign at once
    told = at_one_instant(
        signing(contract, contracting_officer),
        signing(contract, second_contracting_officer),
    )

    # Then one has awarded, and the other gets a clear conflict with the number
    assert told.count(None) == 1
    (conflict,) = [each for each in told if each is not None]
    assert isinstance(conflict, AlreadyAwarded)
    assert (conflict.status, conflict.code) == (409, "already_awarded")
    assert conflict.data["piid"] == "75D30126D00001"
    assert "Another contracting officer" in conflict.message

    # And the award stands once: one signature, number, obligation, paper and event
    signed = Contract.objects.get()
    assert signed.state == ContractState.AWARDED
    winner = (contracting_officer, second_contracting_officer)[told.index(None)]
    assert signed.signed_by_id == winner.membership_id
    (funds,) = funds_of(signed.agency_id)
    assert (funds.committed, funds.obligated) == (Dollars(), Dollars("1000.00"))
    assert Document.objects.filter(kind="contract").count() == 1
    awards = AuditEvent.objects.filter(event="contracts.contract.awarded")
    assert awards.count() == 1
    assert broken_invariants() == {}


def test_two_awards_of_one_solicitation_are_signed_at_one_instant(
    own_database, contracting_officer, second_contracting_officer
):
    # Given two selected offers, each with its certified draft
    decision = decided_for_several()
    first = certified_contract(on=decision, of="vendor_a_signer")
    second = certified_contract(on=decision, of="vendor_b_signer")

    # When each is signed by another officer, at once
    told = at_one_instant(
        signing(first, contracting_officer),
        signing(second, second_contracting_officer),
    )

    # Then both are, under two numbers, and each minimum is obligated
    assert told == [None, None]
    signed = Contract.objects.filter(state=ContractState.AWARDED)
    assert len({each.piid for each in signed}) == 2
    (funds,) = funds_of(first.agency_id)
    assert (funds.committed, funds.obligated) == (Dollars(), Dollars("2000.00"))
    assert broken_invariants() == {}


def test_one_selected_offer_is_drafted_once_at_one_instant(
    own_database, contract_specialist, contracting_officer
):
    decision = decided_for_several()
    offer = decision.selections.get(position=1).submission
    part = MinimumFunding("0001", "AA", line_of_accounting().pk, MINIMUM)

    # When two people draft the award of the same offer at once
    told = at_one_instant(
        *(
            lambda by=by: draft_contract(
                solicitation_id=decision.solicitation_id,
                submission_id=offer.pk,
                funding=[part],
                by=by,
                at=AWARDED_AT,
            )
            for by in (contract_specialist, contracting_officer)
        )
    )

    # Then one draft stands, and the other person is told so
    assert {type(each) for each in told} == {type(None), AlreadyAwarded}
    assert Contract.objects.get().offer == offer


def test_a_signature_and_a_discard_at_one_instant_leave_one_of_them(
    contract, contracting_officer, contract_specialist
):
    # When an officer signs while a specialist gives the draft up
    told = at_one_instant(
        signing(contract, contracting_officer),
        lambda: discard_contract(
            contract_id=contract.pk, by=contract_specialist, at=AWARDED_AT
        ),
    )

    # Then one of them was first, and the other is told that the state does not allow it
    assert told.count(None) == 1
    assert {type(each) for each in told if each is not None} == {IllegalMove}
    signed = told[0] is None
    (funds,) = funds_of(contract.agency_id)
    assert funds.committed == Dollars()
    assert funds.obligated == Dollars("1000.00" if signed else "0")
    assert broken_invariants() == {}

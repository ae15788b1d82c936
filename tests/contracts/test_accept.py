"""The vendor accepts the award on its quotation: it is in force."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from contracting.contracts.acceptance.models import AwardAnswer
from contracting.contracts.acceptance.offers import offer_of
from contracting.contracts.operations.discard import discard_contract
from contracting.contracts.refusals import (
    AwardLapsed,
    FundsNotCertified,
    NotAccepted,
    NotResponsible,
)
from contracting.contracts.states import ContractState
from contracting.core.errors import IllegalMove, NotAllowed, Stale
from contracting.documents.queries import documents_of
from contracting.evaluations.operations.import_registrations import (
    import_registrations,
)
from tests.builders_orders import (
    AWARDED_AT,
    certified_contract,
)
from tests.cast import actor, nothing_happens
from tests.contracts.quotations import ACCEPT_BY, LATER, accepted, declined, offered


def test_the_officer_has_signed_first_and_the_vendor_signs_the_same_paper(quoted):
    # Given an award that is offered: the vendor's place on its paper is empty
    contract = offered(certified_contract(on=quoted))
    (offer,) = documents_of(contract.subject)
    assert _signed(offer) == ["OFFICER"]

    # When the vendor accepts
    contract = accepted(contract)

    # Then it has signed that paper, and the contract bears both, in this order
    award = documents_of(contract.subject).get(number=contract.piid, kind="contract")
    assert _signed(offer) == _signed(award) == ["OFFICER", "VENDOR"]


def _signed(paper):
    placed = paper.signatures.order_by("place")
    return list(placed.values_list("approval__party", flat=True))


@pytest.mark.rule("R-SUB-11", case="refused")
def test_an_offer_that_has_lapsed_is_not_accepted(quoted):
    # Given an award that the vendor may accept until an instant
    contract = offered(certified_contract(on=quoted))

    # Then a microsecond later it is too late
    with nothing_happens(), pytest.raises(AwardLapsed):
        accepted(contract, at=ACCEPT_BY + timedelta(microseconds=1))

    # And at that very instant it is not
    assert accepted(contract, at=ACCEPT_BY).state == ContractState.AWARDED


@pytest.mark.rule("R-SUB-11", case="refused")
@pytest.mark.parametrize(
    "part_name",
    [
        "vendor_a_member",
        "vendor_b_signer",
        "contracting_officer",
        "other_vendor_signer",
    ],
)
def test_only_a_signer_of_its_vendor_answers(quoted, part_name):
    contract = offered(certified_contract(on=quoted))

    for answer in (accepted, declined):
        with nothing_happens(), pytest.raises(NotAllowed) as refusal:
            answer(contract, by=part_name)
        assert refusal.value.rule == "R-SUB-11"


def test_what_is_not_offered_is_not_answered(quoted):
    contract = certified_contract(on=quoted)

    for answer in (accepted, declined):
        with nothing_happens(), pytest.raises(NotAccepted):
            answer(contract)


def test_what_changed_since_the_signature_is_asked_again(quoted):
    contract = offered(certified_contract(on=quoted))

    # Given an extract after the signature that excludes the vendor
    specialist = actor("contract_specialist")
    assert specialist.organization_id is not None
    import_registrations(
        agency_id=specialist.organization_id,
        name="extract.csv",
        content=(
            b"uei,legal_name,registered_until,exclusion\n"
            b"MERD1ANMDLS5,Meridian Models,2026-12-31,Debarred 2026-03-30\n"
        ),
        extracted_at=AWARDED_AT + timedelta(hours=1),
        by=specialist,
        at=AWARDED_AT + timedelta(hours=1),
    )

    # Then it is not accepted
    with nothing_happens(), pytest.raises(NotResponsible):
        accepted(contract)


def test_funds_that_are_certified_no_more_are_not_accepted(quoted):
    contract = offered(certified_contract(on=quoted))
    contract.lines.get().funding.update(certified_version=contract.version + 1)

    with nothing_happens(), pytest.raises(FundsNotCertified):
        accepted(contract)


def test_another_version_is_not_accepted(quoted):
    contract = offered(certified_contract(on=quoted))

    with nothing_happens(), pytest.raises(Stale):
        accepted(contract, seen_version=contract.version + 1)


def test_answers_are_only_ever_added(quoted):
    contract = offered(certified_contract(on=quoted))
    accepted(contract)
    with nothing_happens(), pytest.raises(IllegalMove):
        discard_contract(
            contract_id=contract.pk, by=actor("contracting_officer"), at=LATER
        )

    for rows in (AwardAnswer.objects.all(),):
        with nothing_happens(), pytest.raises(DatabaseError), transaction.atomic():
            rows.update(is_accepted=False, reason="No.")
    offer = offer_of(contract.pk)
    assert offer is not None
    assert offer.answer.is_accepted

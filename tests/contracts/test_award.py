"""The contracting officer signs the award: numbered, bound, printed, told."""

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from accounts.models import Warrant
from contracting.audit.queries import events_of
from contracting.contracts.invariants import INVARIANTS
from contracting.contracts.models import Contract, ContractLine
from contracting.contracts.operations.award import award_contract
from contracting.contracts.paperwork import contract_sheet
from contracting.contracts.queries import public_awards, rates_in_force
from contracting.contracts.refusals import (
    AlreadyAwarded,
    FundsNotCertified,
    IndefiniteQuantityIncomplete,
    LineIncomplete,
    PriceNotReasonable,
)
from contracting.contracts.states import ContractState
from contracting.core.errors import NotAllowed, Stale
from contracting.core.quantities import Dollars
from contracting.documents.models import Document, Rendering
from contracting.documents.operations.render import render_document
from contracting.documents.paperwork import form_blocks
from contracting.documents.queries import read_blob
from contracting.documents.states import DocumentState
from contracting.evaluations.models import SelectedOffer, SelectionDecision
from contracting.evaluations.operations.analyse import analyse_price
from contracting.ledger.queries import balances_of, contract_balance, funds_of
from contracting.ledger.refusals import PeriodOfAvailabilityEnded
from contracting.notices.models import Notice
from contracting.solicitations.paperwork import SET_ASIDE_BOXES
from contracting.solicitations.states import SetAside, SolicitationState
from tests.builders_orders import (
    AWARDED_AT,
    certified_contract,
    drafted_contract,
    line_of_accounting,
)
from tests.cast import actor, membership, nothing_happens
from tests.contracts.seats import also_as
from tests.documents.papers import text_of
from tests.offers import after, agreed_offers


def awarded(contract, by="contracting_officer", at=AWARDED_AT, seen_version=None):
    return award_contract(
        contract_id=contract.pk,
        by=actor(by) if isinstance(by, str) else by,
        at=at,
        seen_version=seen_version or contract.version,
    )


@pytest.mark.rule("R-ROL-01", case="allowed")
@pytest.mark.rule("R-ROL-02", case="allowed")
@pytest.mark.rule("R-ROL-03", case="allowed")
@pytest.mark.rule("R-EVL-07", case="allowed")
@pytest.mark.rule("R-AWD-01", case="allowed")
@pytest.mark.rule("R-AWD-02", case="allowed")
@pytest.mark.rule("R-AWD-03", case="allowed")
def test_a_signed_award_is_numbered_and_binds_its_minimum(decision):
    # Given a complete draft award of $400,000, funds certified, prices found reasonable
    contract = certified_contract(on=decision)

    # When an officer with a warrant of ten million dollars signs it
    contract = awarded(contract)

    # Then it has the agency's first contract number of the fiscal year
    contract.refresh_from_db()
    assert contract.state == ContractState.AWARDED
    assert contract.piid == "75D30126D00001"
    assert contract.signed_by is not None
    assert contract.signed_by.user.name == "Ada Officer"
    assert contract.awarded_at == AWARDED_AT
    assert contract.solicitation.state == SolicitationState.AWARDED

    # And the minimum is obligated, and orders may be placed up to the maximum
    (funds,) = funds_of(contract.agency_id)
    assert (funds.committed, funds.obligated) == (Dollars(), Dollars("1000.00"))
    (balance,) = balances_of(contract.lines.get().holder)
    assert (balance.committed_dollars, balance.obligated_dollars) == (0, 1000)
    books = contract_balance(contract.pk)
    assert books is not None
    assert (books.ceiling_dollars, books.ceiling_tokens) == (400_000, 40_000_000_000)
    assert (books.ordered_dollars, books.ordered_tokens) == (0, 0)
    first_day = contract.lines.get().rate_rows.earliest("pk").in_force.lower
    assert rates_in_force(contract, first_day).count() == 4
    assert not rates_in_force(contract, first_day - timedelta(microseconds=1))

    # And it is recorded, public, and every invariant holds
    last = events_of(contract.subject).last()
    assert last is not None
    assert last.event == "contracts.contract.awarded"
    assert json.loads(last.payload)["data"]["piid"] == contract.piid
    assert list(public_awards()) == [contract]
    assert [each for check in INVARIANTS for each in check.exceptions()] == []


def test_the_awardee_is_told(decision):
    # Given offers of Meridian and Larkspur
    contract = awarded(certified_contract(on=decision))

    # Then the awardee is told where its contract is
    winner = Notice.objects.filter(
        recipient_user_id=actor("vendor_a_signer").user_id,
        title=f"Award of contract {contract.piid}",
    ).get()
    assert winner.url_path == f"/contracts/{contract.public_id}"

    # And nobody else yet: the notice to the others is a verb of its own
    told = Notice.objects.filter(subject_kind="contracts.contract")
    for part in ("vendor_b_signer", "other_vendor_signer"):
        assert not told.filter(recipient_user_id=actor(part).user_id).exists()


@pytest.mark.rule("R-AWD-09", case="allowed")
def test_the_signed_document_carries_version_and_hash(decision):
    # Given a signed award
    contract = awarded(certified_contract(on=decision))

    # When its paper is printed
    paper = Document.objects.get(kind="contract")
    render_document(document_id=paper.pk)

    # Then the print says what was signed, by whom, and is kept under its own hash
    paper.refresh_from_db()
    assert paper.state == DocumentState.RENDERED
    assert (paper.version, paper.content_sha256) == (1, contract.content_sha256)
    assert paper.vendor_id == contract.vendor_id
    printed = " ".join(text_of(read_blob(Rendering.objects.get().blob)).split())
    for words in (
        contract.piid,
        "Ada Officer",
        "Meridian Models",
        "gpt-4o-2024-08-06",
        "0001AD",
        "020-2026/2026-0101-000",
        contract.content_sha256,
    ):
        assert words in printed


def test_an_award_ticks_the_boxes_of_its_solicitation(decision):
    contract = awarded(certified_contract(on=decision))
    (boxes,) = (row.options for row in form_blocks("SF1449") if row.block == "10")

    for set_aside in SetAside:
        # Given an award on a solicitation that was set aside for some programme
        contract.solicitation.set_aside = set_aside

        # When its sheet is filled
        sheet = contract_sheet(contract, signer=actor("contracting_officer"))

        # Then the programme's own box is ticked, and every tick is a box of the form
        block = sheet["blocks"]["10"]
        assert block["checked"] == SET_ASIDE_BOXES[set_aside]
        assert set(block["checked"]) <= set(boxes)
        assert bool(block["text"]) is (set_aside != SetAside.UNRESTRICTED)
        assert sheet["blocks"]["10-naics"] == contract.naics


@pytest.mark.rule("R-AWD-09", case="refused", held_by="database")
def test_nothing_that_was_signed_can_be_changed(decision):
    # Given a signed and printed award
    contract = awarded(certified_contract(on=decision))
    paper = Document.objects.get(kind="contract")
    render_document(document_id=paper.pk)
    printed = Rendering.objects.get()

    # Then the database itself refuses another print, another hash and another price
    for rows, change in (
        (Rendering.objects.all(), {"template_sha256": "0" * 64}),
        (type(printed.blob).objects.all(), {"sha256": "0" * 64}),
        (Document.objects.filter(pk=paper.pk), {"content_sha256": "0" * 64}),
        (Document.objects.filter(pk=paper.pk), {"context": {}}),
        (contract.lines.get().rate_rows.all(), {"tier": "BATCH"}),
        (Contract.objects.filter(pk=contract.pk), {"state": "DRAFT"}),
    ):
        with nothing_happens(), pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**change)


@pytest.mark.rule("R-ROL-01", case="refused")
@pytest.mark.parametrize(
    "part_name", ["contract_specialist", "program_manager", "other_agency_officer"]
)
def test_nobody_but_a_contracting_officer_of_the_agency_signs(decision, part_name):
    contract = certified_contract(on=decision)

    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        awarded(contract, by=part_name)

    assert refusal.value.rule == "R-ROL-01"


@pytest.mark.rule("R-ROL-01", case="refused")
def test_a_revoked_warrant_signs_nothing(decision):
    contract = certified_contract(on=decision)
    officer = membership(actor("contracting_officer"))
    Warrant.objects.filter(membership=officer).update(revoked_on=AWARDED_AT.date())

    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        awarded(contract)

    assert refusal.value.rule == "R-ROL-01"


@pytest.mark.rule("R-ROL-02", case="refused")
@pytest.mark.parametrize(
    "change",
    [{"limit_dollars": Decimal("399999.99")}, {"valid_to": date(2026, 3, 29)}],
    ids=["a cent too small", "a day too old"],
)
def test_the_warrant_covers_the_whole_ceiling_on_the_day(decision, change):
    contract = certified_contract(on=decision)
    officer = membership(actor("contracting_officer"))
    Warrant.objects.filter(membership=officer).update(**change)

    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        awarded(contract)

    assert refusal.value.rule == "R-ROL-02"


@pytest.mark.rule("R-ROL-03", case="refused")
@pytest.mark.parametrize("part_name", ["program_manager", "funds_certifier"])
def test_who_requested_it_or_certified_its_funds_does_not_sign(decision, part_name):
    # Given a requester, or a certifier, who is also a contracting officer
    contract = certified_contract(on=decision)
    both = also_as(part_name, "CONTRACTING_OFFICER", warrant="1000000.00")

    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        awarded(contract, by=both)

    assert refusal.value.rule == "R-ROL-03"


@pytest.mark.rule("R-AWD-01", case="refused")
def test_an_award_without_certified_funds_is_refused(decision):
    contract = drafted_contract(on=decision)

    with nothing_happens(), pytest.raises(FundsNotCertified) as refusal:
        awarded(contract)

    assert refusal.value.rule == "R-AWD-01"
    assert refusal.value.data["certified"] == Dollars()


@pytest.mark.rule("R-FND-03", case="refused")
def test_funds_whose_period_has_ended_sign_nothing(decision):
    # Given certified funds that may be obligated until the day before
    line_of_accounting(funds_available_to=date(2026, 3, 29))
    contract = certified_contract(on=decision)

    with nothing_happens(), pytest.raises(PeriodOfAvailabilityEnded) as refusal:
        awarded(contract)

    assert refusal.value.rule == "R-FND-03"


@pytest.mark.rule("R-AWD-02", case="refused")
@pytest.mark.parametrize(
    ("element", "nothing"),
    [("description", " "), ("psc", ""), ("unit", ""), ("estimated_tokens", 0)],
)
def test_a_line_without_an_element_is_refused(decision, element, nothing):
    # Given a line that has lost one of the elements of FAR 4.1005-1
    contract = certified_contract(on=decision)
    ContractLine.objects.filter(contract=contract).update(**{element: nothing})

    with nothing_happens(), pytest.raises(LineIncomplete) as refusal:
        awarded(contract)

    assert refusal.value.rule == "R-AWD-02"
    assert len(refusal.value.data["gaps"]) == 1


@pytest.mark.rule("R-AWD-02", case="refused")
def test_a_line_without_a_price_is_refused(decision):
    contract = certified_contract(on=decision)
    contract.lines.get().rate_rows.update(superseded_at=AWARDED_AT)

    with nothing_happens(), pytest.raises(LineIncomplete) as refusal:
        awarded(contract)

    assert refusal.value.data["gaps"] == ["Line 0001 has no unit price."]


@pytest.mark.rule("R-AWD-03", case="refused")
@pytest.mark.parametrize(
    ("change", "gap"),
    [
        ({"minimum_dollars": Decimal(0)}, "The guaranteed minimum"),
        ({"minimum_dollars": Decimal("25.00")}, "The guaranteed minimum"),
        (
            {
                "ordering_start": date(2026, 3, 1),
                "ordering_end": date(2026, 3, 29),
            },
            "The ordering period ended on 2026-03-29",
        ),
        ({"ceiling_tokens": 0}, "The maximum must be stated in tokens"),
    ],
)
def test_an_indefinite_quantity_states_minimum_and_maximum(decision, change, gap):
    # Given a draft that lacks what FAR 16.504(a) asks for
    contract = certified_contract(on=decision)
    Contract.objects.filter(pk=contract.pk).update(**change)

    with nothing_happens(), pytest.raises(IndefiniteQuantityIncomplete) as refusal:
        awarded(contract)

    assert refusal.value.rule == "R-AWD-03"
    assert refusal.value.data["gaps"][0].startswith(gap)


@pytest.mark.rule("R-EVL-07", case="refused")
def test_a_price_that_nobody_found_reasonable_is_not_awarded(db):
    # Given an analysis that finds only Larkspur's price reasonable, and a selection of
    # Meridian that was written past the verb that would refuse it
    solicitation = agreed_offers()
    meridian, larkspur = solicitation.submissions.order_by("pk")
    analysis = analyse_price(
        solicitation_id=solicitation.pk,
        conclusion="Only Larkspur's price is reasonable.",
        reasonable_submission_ids=[larkspur.pk],
        unbalanced_memo="Flagged prices follow the cost of each class.",
        by=actor("contract_specialist"),
        at=after(solicitation, hours=6),
    )
    unfounded = SelectionDecision.objects.create(
        solicitation=solicitation,
        price_analysis=analysis,
        rationale="None.",
        decided_by=membership(actor("source_selection_authority")),
        decided_at=after(solicitation, hours=7),
    )
    SelectedOffer.objects.create(decision=unfounded, submission=meridian)
    contract = certified_contract(on=unfounded)

    with nothing_happens(), pytest.raises(PriceNotReasonable) as refusal:
        awarded(contract)

    assert refusal.value.rule == "R-EVL-07"


def test_a_signature_names_the_version_that_was_read(decision):
    contract = certified_contract(on=decision)

    with nothing_happens(), pytest.raises(Stale):
        awarded(contract, seen_version=2)


def test_an_award_is_signed_once(decision):
    contract = awarded(certified_contract(on=decision))

    with nothing_happens(), pytest.raises(AlreadyAwarded) as refusal:
        awarded(contract, by="second_contracting_officer")

    assert refusal.value.data["piid"] == contract.piid

"""Several awards on one solicitation: each a contract of its own (FAR 16.504(c))."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from contracting.contracts.models import MULTIPLE_AWARD, Contract, UnsuccessfulNotice
from contracting.contracts.operations.award import award_contract
from contracting.contracts.operations.discard import discard_contract
from contracting.contracts.operations.draft import MinimumFunding, draft_contract
from contracting.contracts.operations.notify import notify_unsuccessful
from contracting.contracts.queries import award_on, clocks_of, undrafted
from contracting.contracts.refusals import (
    AlreadyAwarded,
    AlreadyRecorded,
    NotDecided,
    NoticeIncomplete,
    SingleAwardNotDetermined,
)
from contracting.contracts.states import ContractState
from contracting.core.errors import NotAllowed
from contracting.core.quantities import Dollars
from contracting.documents.models import Document
from contracting.evaluations.models import SelectedOffer
from contracting.evaluations.operations.extend import extend_offer
from contracting.ledger.queries import funds_of
from contracting.notices.models import Notice
from contracting.operate.queries import broken_invariants
from contracting.orders.states import TaskOrderState
from contracting.solicitations.states import SolicitationState
from tests.builders_orders import (
    AWARDED_AT,
    MINIMUM,
    awarded_contract,
    certified_contract,
    drafted_contract,
    issued_order,
    line_of_accounting,
)
from tests.cast import actor, client_for, days, nothing_happens, submit
from tests.contracts.results import REASON, notified
from tests.contracts.seats import also_as
from tests.offers import compared_offers, decided_for_several

pytestmark = pytest.mark.django_db

MERIDIAN, LARKSPUR = "vendor_a_signer", "vendor_b_signer"


def test_from_one_need_to_two_contracts_that_take_orders():
    # Given two selected offers on one solicitation
    decision = decided_for_several()
    solicitation = decision.solicitation

    # When each is drafted, certified and signed for itself
    first = awarded_contract(on=decision, of=MERIDIAN)
    solicitation.refresh_from_db()
    assert solicitation.state == SolicitationState.AWARDED
    second = awarded_contract(on=decision, of=LARKSPUR)

    # Then each has its number, vendor, ceilings, minimum, funds and paper
    assert [first.piid, second.piid] == ["75D30126D00001", "75D30126D00002"]
    assert [first.offer, second.offer] == [
        each.submission for each in decision.selections.all()
    ]
    for contract in (first, second):
        assert contract.vendor == contract.offer.vendor
        assert contract.minimum_dollars == 1000
        assert contract.ceiling_dollars == 400_000
        assert contract.fair_opportunity == MULTIPLE_AWARD
        assert Document.objects.filter(kind="contract", number=contract.piid).exists()
    assert {
        row.usd_per_million_tokens for row in first.lines.get().rate_rows.all()
    } != {row.usd_per_million_tokens for row in second.lines.get().rate_rows.all()}
    (funds,) = funds_of(first.agency_id)
    assert (funds.committed, funds.obligated) == (Dollars(), Dollars("2000.00"))
    assert not undrafted().exists()

    # And orders are placed on both
    for contract in (first, second):
        assert issued_order(on=contract).state == TaskOrderState.ISSUED
    assert broken_invariants() == {}

    # And everybody reads both awards on the page of the solicitation
    page = Client().get(solicitation.public_path).content.decode()
    for contract in (first, second):
        assert f"Award {contract.piid}" in page
        assert contract.vendor.name in page


def test_which_offer_is_drafted_is_said_where_several_are_left():
    decision = decided_for_several()
    part = MinimumFunding("0001", "AA", line_of_accounting().pk, MINIMUM)

    def drafted(submission_id=None, by="contract_specialist"):
        return draft_contract(
            solicitation_id=decision.solicitation_id,
            submission_id=submission_id,
            funding=[part],
            by=actor(by),
            at=AWARDED_AT,
        )

    # Given two selected offers, one has to be named, and one that was selected
    loser = decision.solicitation.submissions.get(selection__isnull=True)
    for unnamed in (None, loser.pk):
        with nothing_happens(), pytest.raises(NotDecided):
            drafted(unnamed)

    # When one of them is drafted, it is drafted once
    first = decision.selections.get(position=1).submission
    assert drafted(first.pk).offer == first
    with nothing_happens(), pytest.raises(AlreadyAwarded):
        drafted(first.pk)

    # Then nobody else drafts the one that is left, and the office need not name it
    for outsider in ("other_agency_officer", MERIDIAN, "program_manager"):
        with nothing_happens(), pytest.raises(NotAllowed):
            drafted(by=outsider)
    assert drafted().offer == decision.selections.get(position=2).submission


def changed(contract, **change):
    Contract.objects.filter(pk=contract.pk).update(**change)
    connection.check_constraints()


def selected(**row):
    SelectedOffer.objects.create(**row)
    connection.check_constraints()


def test_the_database_allows_one_live_contract_for_a_selected_offer(db):
    # Given two drafts, and one more row that would accept an offer twice
    decision = decided_for_several()
    first = drafted_contract(on=decision, of=MERIDIAN)
    second = drafted_contract(on=decision, of=LARKSPUR)

    for change in (
        {"selection": first.selection, "vendor": first.vendor},
        {"selection": first.selection},
        {"solicitation": second.solicitation, "selection_id": 0},
    ):
        with nothing_happens(), pytest.raises(IntegrityError), transaction.atomic():
            changed(second, **change)


def test_the_database_allows_one_live_contract_on_a_single_award(db):
    contract = drafted_contract()
    loser = contract.solicitation.submissions.get(selection__isnull=True)

    # Neither a second selected offer nor a second contract of the first can be written
    with nothing_happens(), pytest.raises(IntegrityError), transaction.atomic():
        selected(decision=contract.decision, position=2, submission=loser)
    contract.pk, contract.public_id, contract.fair_opportunity = None, "con_x", "none"
    contract._state.adding = True
    with nothing_happens(), pytest.raises(IntegrityError), transaction.atomic():
        contract.save()


# What the offerors are told ----------------------------------------------------------


def test_only_the_losers_are_told_once_and_of_every_awardee():
    # Given the first of two awards, signed
    decision = decided_for_several()
    first = awarded_contract(on=decision, of=MERIDIAN)
    assert "R-AWD-05" in [clock.rule for clock in clocks_of(first)]

    # When the officer tells the unsuccessful
    notice = notified(first)

    # Then the one loser hears of the awardee with prices and of the other by name
    assert notice.submission.vendor.name == "Outsider Compute"
    assert notice.offers_received == 3
    awarded, pending = notice.body.split("Also selected: ")
    assert "An award went to Meridian Models" in awarded
    assert "per million tokens" in awarded
    assert pending.startswith("Larkspur AI")
    assert "per million tokens" not in pending

    # And after the second signature nobody is told again
    second = awarded_contract(on=decision, of=LARKSPUR)
    assert "R-AWD-05" not in [clock.rule for clock in clocks_of(second)]
    with nothing_happens(), pytest.raises(AlreadyRecorded):
        notified(second)
    assert UnsuccessfulNotice.objects.count() == 1
    for part in (MERIDIAN, LARKSPUR):
        told = Notice.objects.filter(recipient_user_id=actor(part).user_id)
        assert not told.filter(title__contains="was not selected").exists()
        assert told.filter(title__startswith="Award of contract").exists()


def test_the_notice_goes_out_from_the_first_award():
    decision = decided_for_several()
    awarded_contract(on=decision, of=MERIDIAN)
    second = awarded_contract(on=decision, of=LARKSPUR)
    loser = decision.solicitation.submissions.get(selection__isnull=True)

    with nothing_happens(), pytest.raises(NoticeIncomplete):
        notify_unsuccessful(
            contract_id=second.pk,
            reasons={loser.pk: REASON},
            by=actor("contracting_officer"),
            at=AWARDED_AT,
        )


def test_each_offeror_reads_its_own_result(monkeypatch):
    # Given the first of two awards
    decision = decided_for_several()
    first = awarded_contract(on=decision, of=MERIDIAN)
    larkspur = decision.selections.get(position=2).submission
    monkeypatch.setattr("contracting.core.clock.now", lambda: AWARDED_AT)

    def status(part):
        offer = decision.solicitation.submissions.get(
            vendor_id=actor(part).organization_id
        )
        address = reverse("contracts:status", args=[offer.public_id])
        page = client_for(actor(part)).get(address).content.decode()
        return page.split("data-answer")[1].split("</p>")[0]

    # Then the other selected vendor is not told that it lost, and the loser is
    assert "Our offer was selected" in status(MERIDIAN)
    assert "awaits an award of its own" in status(LARKSPUR)
    assert "awarded to another offeror" in status("other_vendor_signer")
    assert award_on(larkspur) == first

    # And nobody reads the contract of another vendor
    assert client_for(actor(LARKSPUR)).get(first.path).status_code == 404
    second = awarded_contract(on=decision, of=LARKSPUR)
    assert award_on(larkspur) == second
    assert "Our offer was selected" in status(LARKSPUR)


def test_an_offer_that_awaits_its_award_may_be_extended_and_no_other():
    decision = decided_for_several()
    first = awarded_contract(on=decision, of=MERIDIAN)
    loser = decision.solicitation.submissions.get(selection__isnull=True)

    def extended(submission, by):
        return extend_offer(
            submission_id=submission.pk,
            until=date(2026, 6, 30),
            words="We keep our offer open.",
            by=actor(by),
            at=AWARDED_AT,
        )

    assert extended(decision.selections.get(position=2).submission, LARKSPUR)
    with nothing_happens(), pytest.raises(Exception, match="needs opened offers"):
        extended(loser, "other_vendor_signer")
    assert first.piid


# One vendor, above the amount for it -------------------------------------------------


def large(contract):
    Contract.objects.filter(pk=contract.pk).update(
        ceiling_dollars=Decimal("150000000.01")
    )
    contract.refresh_from_db()
    return contract


@pytest.fixture
def officer():
    """A contracting officer whose warrant covers it."""
    return also_as("contracting_officer", "CONTRACTING_OFFICER", warrant="9E8")


def signed(contract, by):
    return award_contract(contract_id=contract.pk, by=by, at=AWARDED_AT, seen_version=1)


@pytest.mark.rule("R-AWD-04", case="allowed")
def test_one_of_several_large_awards_needs_no_determination(officer):
    decision = decided_for_several()
    first = large(certified_contract(on=decision, of=MERIDIAN))
    drafted_contract(on=decision, of=LARKSPUR)

    assert signed(first, officer).state == ContractState.AWARDED


@pytest.mark.rule("R-AWD-04", case="refused")
def test_the_only_one_that_is_drafted_of_several_is_a_single_award(officer):
    decision = decided_for_several()
    first = large(certified_contract(on=decision, of=MERIDIAN))
    other = drafted_contract(on=decision, of=LARKSPUR)
    discard_contract(
        contract_id=other.pk, by=actor("contract_specialist"), at=AWARDED_AT
    )

    with nothing_happens(), pytest.raises(SingleAwardNotDetermined) as refusal:
        signed(first, officer)

    assert refusal.value.rule == "R-AWD-04"


# The pages ---------------------------------------------------------------------------


def test_several_are_selected_and_drafted_in_the_browser(monkeypatch):
    # Given three offers that are rated and priced
    analysis = compared_offers()
    solicitation = analysis.solicitation
    monkeypatch.setattr("contracting.core.clock.now", lambda: AWARDED_AT - days(2))
    authority = client_for(actor("source_selection_authority"))
    address = f"/solicitations/{solicitation.public_id}"
    url = reverse("evaluations:decide_selection", args=[solicitation.public_id])
    first, second, _third = solicitation.submissions.order_by("pk")

    # When the authority selects two, first without a reason for the second
    words = {
        "selected": [first.public_id, second.public_id],
        f"reason_{first.public_id}": "It asks least for every class, I find.",
        "rationale": "Two awards keep prices under competition for each order.",
        "seen_analysis": analysis.public_id,
    }
    assert submit(authority, url, words).status_code == 422
    words[f"reason_{second.public_id}"] = "It brings a second line of models."
    decided = submit(authority, url, words)
    assert decided.status_code == 303

    # Then the decision names both, with the way to the draft of each
    office = client_for(actor("contract_specialist"))
    page = office.get(decided.url).content.decode()
    assert "Meridian Models and Larkspur AI are selected" in page
    draft = f"{address}/draft_contract?offer={second.public_id}"
    assert draft in page

    # And the draft page asks which one, until one is left
    form = {
        "notice_percent": "75",
        "report_due_days": "3",
        "rows-TOTAL_FORMS": "1",
        "rows-INITIAL_FORMS": "0",
        "rows-0-clin": "0001",
        "rows-0-acrn": "AA",
        "rows-0-line_of_accounting": line_of_accounting().public_id,
        "rows-0-dollars": "1000.00",
    }
    asked = office.get(draft)
    assert asked.context["form"]["offer"].value() == second.public_id
    assert submit(office, draft, form).status_code == 422
    made = submit(office, draft, form | {"offer": second.public_id})
    assert made.status_code == 303
    assert Contract.objects.get().offer == second
    left = office.get(f"{address}/draft_contract").content.decode()
    assert "Meridian Models was selected" in left
    desk = office.get("/").content.decode()
    assert "Draft the award" in desk

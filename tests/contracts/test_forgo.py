"""One of several selected offers is not awarded after all."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from contracting.audit.queries import events_of
from contracting.contracts.models import UnsuccessfulNotice
from contracting.contracts.operations.discard import discard_contract
from contracting.contracts.operations.draft import MinimumFunding, draft_contract
from contracting.contracts.operations.forgo import forgo_award
from contracting.contracts.queries import undrafted
from contracting.contracts.refusals import (
    AlreadyAwarded,
    AlreadyForgone,
    ForgoingIncomplete,
    NotDecided,
    NothingLeftToAward,
)
from contracting.core.errors import NotAllowed
from contracting.evaluations.models import ForgoneSelection
from contracting.evaluations.queries import unsuccessful
from contracting.notices.models import Notice
from contracting.operate.queries import broken_invariants
from tests.builders_orders import (
    AWARDED_AT,
    MINIMUM,
    awarded_contract,
    drafted_contract,
    line_of_accounting,
)
from tests.cast import actor, client_for, days, nothing_happens, submit
from tests.contracts.results import asked, notified, read
from tests.offers import decided_for_several

pytestmark = pytest.mark.django_db

MERIDIAN, LARKSPUR = "vendor_a_signer", "vendor_b_signer"
WHY = "The funds of the second award fell away."


@pytest.fixture
def decision():
    """Meridian and Larkspur are selected, and Outsider Compute is not."""
    return decided_for_several()


def offer_of(decision, part):
    return decision.solicitation.submissions.get(vendor_id=actor(part).organization_id)


def forgo(decision, part=LARKSPUR, *, reason=WHY, by="contracting_officer", at=None):
    return forgo_award(
        submission_id=offer_of(decision, part).pk,
        reason=reason,
        by=actor(by),
        at=at or AWARDED_AT,
    )


def test_an_award_that_is_forgone_is_told_and_debriefed_with_the_others(decision):
    # Given a selected offer, whose award the officer forgoes for a reason
    with nothing_happens(), pytest.raises(ForgoingIncomplete):
        forgo(decision, reason=" ")
    forgo(decision)

    # Then it is not drafted any more, and is on record
    assert [each.submission for each in undrafted()] == [offer_of(decision, MERIDIAN)]
    part = MinimumFunding("0001", "AA", line_of_accounting().pk, MINIMUM)
    with nothing_happens(), pytest.raises(AlreadyForgone):
        draft_contract(
            solicitation_id=decision.solicitation_id,
            submission_id=offer_of(decision, LARKSPUR).pk,
            funding=[part],
            by=actor("contract_specialist"),
            at=AWARDED_AT,
        )
    last = events_of(decision.subject).last()
    assert last is not None
    assert (last.event, WHY in last.payload) == ("contracts.award.forgone", True)

    # And its vendor is told after the award, as everybody who was not awarded
    contract = awarded_contract(on=decision, of=MERIDIAN)
    assert offer_of(decision, LARKSPUR) in unsuccessful(decision.solicitation)
    notified(contract, reason=WHY)
    notice = UnsuccessfulNotice.objects.get(submission=offer_of(decision, LARKSPUR))
    assert "Also selected" not in notice.body
    assert asked(notice).is_required
    assert broken_invariants() == {}


def test_whoever_is_forgone_after_the_others_were_told_is_told_at_once(decision):
    contract = awarded_contract(on=decision, of=MERIDIAN)
    notified(contract)
    later = AWARDED_AT + days(20)

    forgo(decision, at=later)

    notice = UnsuccessfulNotice.objects.get(submission=offer_of(decision, LARKSPUR))
    assert (notice.sent_at, notice.reason, notice.late_reason) == (later, WHY, "")
    told = Notice.objects.filter(
        recipient_organization_id=actor(LARKSPUR).organization_id
    )
    assert WHY in told.latest("pk").body
    assert asked(notice).is_required


def test_what_is_drafted_or_last_or_not_selected_is_not_forgone(decision):
    # Given a draft: it is discarded first
    contract = drafted_contract(on=decision, of=LARKSPUR)
    with nothing_happens(), pytest.raises(AlreadyAwarded, match="discarded first"):
        forgo(decision)
    discard_contract(
        contract_id=contract.pk, by=actor("contracting_officer"), at=AWARDED_AT
    )

    # When nobody else, and nothing that was not selected, stands in the way
    for outsider in ("contract_specialist", "other_agency_officer", LARKSPUR):
        with nothing_happens(), pytest.raises(NotAllowed):
            forgo(decision, by=outsider)
    with nothing_happens(), pytest.raises(NotDecided):
        forgo(decision, "other_vendor_signer")
    forgo(decision)

    # Then it is forgone once, and the last one is not
    with nothing_happens(), pytest.raises(AlreadyForgone):
        forgo(decision)
    with nothing_happens(), pytest.raises(NothingLeftToAward):
        forgo(decision, MERIDIAN)


def test_the_database_keeps_forgone_and_awarded_apart(decision):
    contract = drafted_contract(on=decision, of=LARKSPUR)

    with nothing_happens(), pytest.raises(IntegrityError), transaction.atomic():
        kept_beside(contract)


def kept_beside(contract):
    ForgoneSelection.objects.create(
        selection=contract.selection,
        reason=WHY,
        forgone_by_id=actor("contracting_officer").own_membership_id,
        forgone_at=AWARDED_AT,
    )
    connection.check_constraints()


def test_it_is_forgone_in_the_browser(decision):
    # Given the officer, whom the decision leads there
    browser = client_for(actor("contracting_officer"))
    offer = offer_of(decision, LARKSPUR)
    address = reverse("contracts:forgo_award", args=[offer.public_id])
    page = reverse("evaluations:decision", args=[decision.public_id])
    assert f'href="{address}"' in browser.get(page).content.decode()

    # When it is forgone
    assert "is not taken back" in read(browser.get(address))
    submit(browser, address, {"reason": WHY, "confirm": "on"})

    # Then the decision says so, and offers no award of it
    text = browser.get(page).content.decode()
    assert "Not awarded: forgone by Ada Officer" in text
    assert WHY in text
    assert address not in text

    # And nobody else is let in
    for part, status in (
        ("contract_specialist", 403),
        ("other_agency_officer", 404),
        (LARKSPUR, 404),
    ):
        assert client_for(actor(part)).get(address).status_code == status, part

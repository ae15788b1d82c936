"""Accepting no offer: the solicitation ends without an award."""

import pytest
from django.urls import reverse

from contracting.core.errors import NotAllowed
from contracting.evaluations.operations.decide import decide_selection
from contracting.evaluations.operations.decline import decline_offers
from contracting.evaluations.refusals import (
    AlreadyDecided,
    NoAwardUnexplained,
    NotOpened,
    RationaleNotOwn,
)
from contracting.notices.models import Notice
from contracting.solicitations.queries import waiting_requisitions
from contracting.solicitations.states import SolicitationState
from tests.builders import released_solicitation
from tests.cast import actor, client_for, nothing_happens, submit
from tests.offers import after, analysed_prices, decided_solicitation, declared_panel

pytestmark = pytest.mark.django_db

TOLD = "Every offer stands above what the agency can fund."
OWN = "The need is smaller now and no offer is worth its price; I accept none."


def rejected(solicitation, *, by, reason=TOLD, rationale=OWN):
    rejection = decline_offers(
        solicitation_id=solicitation.pk,
        reason=reason,
        rationale=rationale,
        by=by,
        at=after(solicitation, hours=7),
    )
    solicitation.refresh_from_db()
    return rejection


@pytest.mark.rule("R-EVL-06", case="allowed")
def test_no_award_ends_the_solicitation_and_everybody_is_told_why(
    source_selection_authority, contract_specialist
):
    # Given offers that are rated and analysed
    solicitation = analysed_prices().solicitation

    # When the authority accepts none of them
    rejection = rejected(solicitation, by=source_selection_authority)

    # Then the solicitation has ended, and each offeror is told by itself
    assert solicitation.state == SolicitationState.NO_AWARD
    assert solicitation.no_award_reason == TOLD
    for part in ("vendor_a_signer", "vendor_b_signer"):
        told = Notice.objects.get(
            recipient_user_id=actor(part).user_id, title__startswith="No offer on"
        )
        assert told.body == TOLD
        page = client_for(actor(part)).get(told.url_path).content.decode()
        assert TOLD in page.split("data-answer")[1].split("</p>")[0]
        assert OWN not in page
    # and the public reads the reason, not the rationale; the need waits again
    public = client_for(actor("other_vendor_signer")).get(solicitation.public_path)
    assert TOLD in public.content.decode()
    assert OWN not in public.content.decode()
    assert solicitation.requisition in waiting_requisitions(contract_specialist)
    assert rejection.rationale == OWN


def test_after_it_nothing_is_selected(source_selection_authority):
    analysis = analysed_prices()
    solicitation = analysis.solicitation
    rejected(solicitation, by=source_selection_authority)

    with nothing_happens(), pytest.raises(NotOpened):
        decide_selection(
            solicitation_id=solicitation.pk,
            selected={solicitation.submissions.all()[0].pk: ""},
            rationale=OWN,
            seen_analysis_id=analysis.pk,
            by=source_selection_authority,
            at=after(solicitation, hours=8),
        )
    with nothing_happens(), pytest.raises(NotOpened):
        rejected(solicitation, by=source_selection_authority)


def test_the_offerors_are_told_a_reason(source_selection_authority):
    solicitation = declared_panel()

    with nothing_happens(), pytest.raises(NoAwardUnexplained):
        rejected(solicitation, by=source_selection_authority, reason=" - ")


@pytest.mark.rule("R-EVL-06", case="refused")
@pytest.mark.parametrize("words", ["", "The support plan is thin."])
def test_the_rationale_is_the_authoritys_own(source_selection_authority, words):
    solicitation = analysed_prices().solicitation

    with nothing_happens(), pytest.raises(RationaleNotOwn) as refusal:
        rejected(solicitation, by=source_selection_authority, rationale=words)

    assert refusal.value.rule == "R-EVL-06"


def test_a_selection_stands_against_it(source_selection_authority):
    solicitation = decided_solicitation().solicitation

    with nothing_happens(), pytest.raises(AlreadyDecided):
        rejected(solicitation, by=source_selection_authority)


def test_sealed_offers_are_not_rejected_unread():
    solicitation = released_solicitation()

    with nothing_happens(), pytest.raises(NotAllowed):
        rejected(solicitation, by=actor("source_selection_authority"))


def test_nobody_else_declines():
    solicitation = declared_panel()

    for part in ("contracting_officer", "evaluator", "auditor", "other_agency_officer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            rejected(solicitation, by=actor(part))


def test_the_authority_declines_on_a_page(monkeypatch):
    solicitation = declared_panel()
    monkeypatch.setattr(
        "contracting.core.clock.now", lambda: after(solicitation, hours=7)
    )
    browser = client_for(actor("source_selection_authority"))
    address = reverse("evaluations:decline_offers", args=[solicitation.public_id])
    page = browser.get(address).content.decode()
    answer = page.split("data-answer")[1].split("</p>")[0]
    assert "2 offers would be rejected" in answer
    assert "cannot be taken back" in answer

    reply = submit(browser, address, {"reason": TOLD, "rationale": OWN})

    assert reply.status_code == 303
    page = browser.get(reply.url).content.decode()
    assert TOLD in page.split("data-answer")[1].split("</p>")[0]
    assert OWN in page
    # Somebody of the office may read, and not reject; an outsider sees nothing
    assert client_for(actor("contracting_officer")).get(address).status_code == 403
    assert client_for(actor("vendor_a_signer")).get(address).status_code == 404

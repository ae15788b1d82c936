"""Determining the competitive range."""

import pytest
from django.urls import reverse

from contracting.core.errors import NotAllowed
from contracting.evaluations.operations.decide import decide_selection
from contracting.evaluations.queries import missing_consensus
from contracting.evaluations.refusals import (
    AlreadyAgreed,
    NotInTheRange,
    RangeDetermined,
    RangeIncomplete,
    RatingsNotLocked,
)
from contracting.notices.models import Notice
from tests.cast import actor, client_for, nothing_happens, submit
from tests.evaluations.exchanges import both_in_range, determined, offer_of
from tests.offers import (
    after,
    agreed_offers,
    analysed_prices,
    locked_ratings,
    rated_offers,
)

pytestmark = pytest.mark.django_db
WHY = "Its technical approach is rated below the others."


@pytest.mark.rule("R-EVL-04", case="allowed")
def test_whoever_is_left_out_is_told_why_and_the_panel_agrees_on_the_rest():
    # Given ratings that every evaluator has locked
    solicitation = locked_ratings()
    left = offer_of(solicitation, "vendor_b_signer")

    # When the officer leaves Larkspur out
    determined(solicitation, left_out={left.pk: WHY})

    # Then Larkspur alone is told, and no consensus on its offer is owed
    told = Notice.objects.filter(title__contains="competitive range")
    members = left.vendor.memberships.filter(is_active=True)
    assert set(told.values_list("recipient_user_id", flat=True)) == set(
        members.values_list("user_id", flat=True)
    )
    page = client_for(actor("vendor_b_signer")).get(told[0].url_path).content.decode()
    assert WHY in page.split("data-answer")[1].split("</p>")[0]
    owed = {offer.submission_id for offer, _factor in missing_consensus(solicitation)}
    assert owed == {offer_of(solicitation, "vendor_a_signer").pk}


@pytest.mark.rule("R-EVL-04", case="refused")
def test_an_offer_outside_the_range_is_not_selected(source_selection_authority):
    solicitation = locked_ratings()
    left = offer_of(solicitation, "vendor_b_signer")
    determined(solicitation, left_out={left.pk: WHY})
    analysis = analysed_prices(on=agreed_offers(on=solicitation))

    with nothing_happens(), pytest.raises(NotInTheRange) as refusal:
        decide_selection(
            solicitation_id=solicitation.pk,
            selected={left.pk: ""},
            rationale="I prefer it all the same, whatever the range says of it.",
            seen_analysis_id=analysis.pk,
            by=source_selection_authority,
            at=after(solicitation, days=1),
        )

    assert refusal.value.rule == "R-EVL-04"


@pytest.mark.rule("R-EVL-04", case="refused")
def test_the_range_rests_on_locked_ratings():
    solicitation = rated_offers()

    with nothing_happens(), pytest.raises(RatingsNotLocked) as refusal:
        determined(solicitation)

    assert refusal.value.rule == "R-EVL-04"


@pytest.mark.rule("R-EVL-04", case="refused")
def test_nobody_is_left_out_without_a_reason_and_somebody_stays():
    solicitation = locked_ratings()
    offers = list(solicitation.submissions.all())

    for left_out in (
        {offers[0].pk: " "},
        {offers[0].pk: WHY, offers[1].pk: WHY},
        {0: WHY},
    ):
        with nothing_happens(), pytest.raises(RangeIncomplete) as refusal:
            determined(solicitation, left_out=left_out)
        assert refusal.value.rule == "R-EVL-04"


def test_the_range_is_determined_once_and_before_the_panel_agrees():
    with pytest.raises(RangeDetermined):
        determined(both_in_range())


def test_after_a_consensus_there_is_no_range():
    solicitation = agreed_offers()

    with nothing_happens(), pytest.raises(AlreadyAgreed):
        determined(solicitation)


def test_nobody_else_determines():
    solicitation = locked_ratings()

    for part in ("contract_specialist", "evaluator", "auditor", "other_agency_officer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            determined(solicitation, by=part)


def test_the_officer_determines_on_a_page(monkeypatch):
    solicitation = locked_ratings()
    monkeypatch.setattr(
        "contracting.core.clock.now", lambda: after(solicitation, hours=5)
    )
    browser = client_for(actor("contracting_officer"))
    exchanges = reverse("evaluations:exchanges", args=[solicitation.public_id])
    assert (
        "No competitive range is determined" in browser.get(exchanges).content.decode()
    )
    address = reverse("evaluations:determine_range", args=[solicitation.public_id])
    left = offer_of(solicitation, "vendor_b_signer")

    reply = submit(browser, address, {f"words_{left.public_id}": WHY})

    assert reply.status_code == 303
    page = browser.get(reply.url).content.decode()
    assert "1 of 2 offers is in the competitive range" in page
    assert WHY in page
    assert client_for(actor("contract_specialist")).get(address).status_code == 403
    for outsider in ("vendor_a_signer", "other_agency_officer"):
        assert client_for(actor(outsider)).get(exchanges).status_code == 404

"""A holder is selected after all were told, and gets the order at its prices."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from contracting.core import clock
from contracting.core.errors import NotAllowed
from contracting.fair_opportunity.operations.request import request_order_debriefing
from contracting.fair_opportunity.queries import (
    last_responses,
    responses_for,
)
from contracting.fair_opportunity.refusals import (
    NoFairOpportunity,
)
from contracting.fair_opportunity.states import OpportunityState
from contracting.notices.models import Notice
from tests.builders_fair import (
    LARKSPUR,
    NOTIFIED_AT,
    RESPOND_BY,
    SELECTED_AT,
    considered,
    held_by,
    ordered,
    responded,
    signed,
)
from tests.builders_orders import ISSUED_AT
from tests.cast import actor, client_for, nothing_happens, submit


@pytest.mark.rule("R-TO-06", case="allowed")
@pytest.mark.rule("R-TO-07", case="allowed")
def test_from_a_notice_to_an_order_of_the_selected_holder(
    contract, contracting_officer, vendor_a_signer, vendor_b_signer, monkeypatch
):
    # Given a notice, which the contracting office gives from the contract's page
    monkeypatch.setattr(clock, "now", lambda: NOTIFIED_AT)
    officer = client_for(contracting_officer)
    url = reverse("fair_opportunity:notify_holders", args=[contract.public_id])
    assert url in officer.get(contract.path).content.decode()
    submit(
        officer,
        url,
        {
            "title": "Second region",
            "description": "Summaries of claims.",
            "value": "20000.00",
            "basis": "The lowest price.",
            "respond_day": "2026-04-03",
            "respond_time": "17:00",
        },
    )
    opportunity = contract.solicitation.fair_opportunities.get()
    assert opportunity.respond_by == RESPOND_BY
    told = Notice.objects.filter(title="Fair opportunity: Second region")
    assert {each.recipient_user_id for each in told} >= {
        vendor_a_signer.user_id,
        vendor_b_signer.user_id,
    }
    # And who holds no contract sees nothing of it
    outsider = client_for(actor("other_vendor_signer"))
    assert outsider.get(opportunity.path).status_code == 404
    elsewhere = client_for(actor("other_agency_officer"))
    assert elsewhere.get(opportunity.path).status_code == 404

    # When both holders respond, one of them on the page with a file
    answer = f"{opportunity.path}/respond_to_opportunity"
    assert outsider.get(answer).status_code == 404
    plan = SimpleUploadedFile("plan.txt", b"We start on Monday.\n")
    submit(
        client_for(vendor_a_signer),
        answer,
        {
            "words": "Meridian's secret plan.",
            "discount_percent": "10",
            "attachments": plan,
        },
    )
    answered = {"words": "Larkspur's plan.", "discount_percent": Decimal(20)}
    responded(opportunity, LARKSPUR, **answered)

    # Then neither reads anything of the other, the office reads both
    (own,) = responses_for(vendor_a_signer, opportunity)
    file = reverse("fair_opportunity:response_file", args=[own.files.get().public_id])
    seen = client_for(vendor_b_signer).get(opportunity.path).content.decode()
    assert "Larkspur&#x27;s plan" in seen
    assert "secret" not in seen
    assert client_for(vendor_b_signer).get(file).status_code == 404
    assert client_for(vendor_a_signer).get(file).content == b"We start on Monday.\n"
    monkeypatch.setattr(clock, "now", lambda: SELECTED_AT)
    page = officer.get(opportunity.path).content.decode()
    assert "secret plan" in page
    assert "2 of 2 holders responded" in page

    # When each is considered in words, and Larkspur selected
    considered(opportunity)
    larkspur = held_by(LARKSPUR, contract)
    chosen = next(x for x in last_responses(opportunity) if x.contract == larkspur)
    submit(
        officer,
        f"{opportunity.path}/select_holder",
        {"response_id": chosen.pk, "rationale": "It asks least."},
    )
    opportunity.refresh_from_db()
    assert (opportunity.state, opportunity.contract) == (
        OpportunityState.SELECTED,
        larkspur,
    )

    # Then the order of its contract is at the prices that it asked, and is signed
    order = ordered(larkspur, opportunity_id=opportunity.pk)
    for rate in order.current_lines()[0].current_rates():
        full = rate.rate_row.usd_per_million_tokens
        assert rate.usd_per_million_tokens * 5 == full * 4
    placed = signed(order)
    # And Meridian is told, and may ask, but is not owed a debriefing at this value
    letter = Notice.objects.filter(title="Not selected: Second region")
    assert f"Order {placed.piid} of up to $20,000.00 was placed with Larkspur AI." in {
        each.body for each in letter
    }
    asked_for = request_order_debriefing(
        opportunity_id=opportunity.pk, by=vendor_a_signer, at=ISSUED_AT
    )
    assert not asked_for.is_required
    with nothing_happens(), pytest.raises(NotAllowed):
        request_order_debriefing(
            opportunity_id=opportunity.pk, by=vendor_b_signer, at=ISSUED_AT
        )
    # And no second order rests on the same selection
    with nothing_happens(), pytest.raises(NoFairOpportunity):
        ordered(larkspur, opportunity_id=opportunity.pk)

"""Alternates after the opening: each evaluated by itself, each vendor told once."""

from decimal import Decimal

import pytest
from django.urls import reverse

from contracting.contracts.operations.notify import notify_unsuccessful
from contracting.evaluations.models import SelectionDecision
from contracting.evaluations.pricing.plot import _cut
from contracting.evaluations.queries import unsuccessful
from contracting.notices.models import Notice
from tests.builders import released_solicitation
from tests.builders_orders import AWARDED_AT, awarded_contract
from tests.cast import actor, client_for, days
from tests.contracts.results import REASON
from tests.offers import (
    agreed_offers,
    decided_solicitation,
    declared_panel,
    offer_on,
    opened_offers,
    rated_offers,
    submitted_offer,
)
from tests.worlds import once_per_file


def offered() -> SelectionDecision:
    """Two offers of Meridian and two of Larkspur; Meridian's alternate is selected."""
    solicitation = released_solicitation()
    for by, alternate, percent in (
        ("vendor_a_signer", 0, 95),
        ("vendor_a_signer", 1, 80),
        ("vendor_b_signer", 0, 90),
        ("vendor_b_signer", 1, 96),
    ):
        offer = offer_on(solicitation, percent_of_list=percent)
        submitted_offer(on=solicitation, by=by, offer=offer, alternate=alternate)
    opened_offers(on=solicitation)
    declared_panel(on=solicitation)
    rated_offers(on=solicitation)
    agreed_offers(on=solicitation)
    return decided_solicitation(on=solicitation, alternate=1)


world = once_per_file(offered)


@pytest.fixture
def selection(world, db):
    return SelectionDecision.objects.get(pk=world)


@pytest.mark.rule("R-SUB-10", case="allowed")
def test_each_alternate_is_rated_priced_and_named_by_itself(
    selection, contracting_officer
):
    # Given four offers of two vendors, When they are evaluated
    solicitation = selection.solicitation
    browser = client_for(contracting_officer)

    # Then matrix, price analysis and decision name each
    named = [
        "Meridian Models, alternate 1",
        "Larkspur AI",
        "Meridian Models",
        "Larkspur AI, alternate 1",
    ]
    analysis = selection.price_analysis
    ranked = sorted(analysis.totals, key=lambda row: Decimal(row["evaluated"]))
    assert [row["vendor"] for row in ranked] == named
    matrix = browser.get(
        reverse("evaluations:offers", args=[solicitation.public_id])
    ).content.decode()
    assert "Meridian Models, alternate 1</a>" in matrix
    assert "Larkspur AI, alternate 1</a>" in matrix
    decision = browser.get(
        reverse("evaluations:decision", args=[selection.public_id])
    ).content.decode()
    assert "Meridian Models, alternate 1 is selected" in decision


def test_a_vendor_that_is_awarded_by_one_offer_is_not_told_that_it_lost(selection):
    # Given the award to Meridian's alternate
    contract = awarded_contract(on=selection)
    solicitation = contract.solicitation
    losers = list(unsuccessful(solicitation))
    assert {each.vendor.name for each in losers} == {"Larkspur AI"}

    # When the unsuccessful offerors are told
    sent = notify_unsuccessful(
        contract_id=contract.pk,
        reasons={each.pk: f"{REASON} {each.offer_words}" for each in losers},
        by=actor("contracting_officer"),
        at=AWARDED_AT + days(1),
    )

    # Then Larkspur gets one notice, with the reason of each of its offers
    assert [each.offers_received for each in sent] == [4, 4]
    mine = Notice.objects.filter(title__contains="not selected")
    (told,) = mine.filter(recipient_user_id=actor("vendor_b_signer").user_id)
    assert told.title.startswith("Your offer and alternate 1 on")
    assert f"{REASON} offer" in told.body
    assert f"{REASON} alternate 1" in told.body

    # And Meridian none: its base offer's page says that another one was selected
    assert not mine.filter(recipient_user_id=actor("vendor_a_signer").user_id).exists()
    browser = client_for(actor("vendor_a_signer"))
    base, first = solicitation.submissions.filter(
        vendor__name="Meridian Models"
    ).order_by("alternate")
    for submission, words in (
        (base, "Another of our offers was selected, and not this one"),
        (first, "Our alternate 1 was selected"),
    ):
        status = reverse("contracts:status", args=[submission.public_id])
        assert words in browser.get(status).content.decode()


def test_a_name_that_is_cut_keeps_its_number():
    assert _cut("Meridian Models, alternate 1") == "Meridian Mode…, alt. 1"
    assert _cut("Acme, alternate 12") == "Acme, alternate 12"
    assert _cut("A name without any number in it") == "A name without any nu…"

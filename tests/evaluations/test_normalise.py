"""Comparing an offer all the same, by a price that a stated rule gives."""

from decimal import Decimal

import pytest
from django.urls import reverse

from contracting.core.errors import NotAllowed
from contracting.evaluations.calculations import prices_of
from contracting.evaluations.invariants import INVARIANTS
from contracting.evaluations.refusals import (
    AlreadyNormalised,
    NothingToClarify,
    PriceNotComparable,
    RuleNotApplicable,
)
from contracting.evaluations.states import NormalisationRule
from contracting.submissions.models import OfferedRate
from tests.builders import released_solicitation
from tests.cast import actor, client_for, nothing_happens, submit
from tests.evaluations.open_prices import (
    free_line,
    offer_of,
    offered_for_nothing,
    put_in,
)
from tests.evaluations.test_analyse import analysed
from tests.evaluations.test_price_page import flat, with_images
from tests.offers import after, before, opened_offers, submitted_offer

pytestmark = pytest.mark.django_db


@pytest.mark.rule("R-EVL-05", case="allowed")
def test_an_open_price_is_put_in_at_public_list_and_marked(contract_specialist):
    # Given an offer that asks zero dollars and nobody confirmed it
    solicitation = offered_for_nothing()
    line = free_line(solicitation)

    # When the officer compares it at public list
    normalisation = put_in(solicitation)

    # Then it is ranked by that price, and the row says by which rule
    prices = prices_of(solicitation, after(solicitation).date())
    row = next(
        row
        for row in prices["rows"]
        if row["vendor"] == "Meridian Models" and row["slin"] == line.slin
    )
    assert row["usd_per_million_tokens"] == row["list_usd_per_million_tokens"]
    assert Decimal(row["usd_per_million_tokens"]) == (
        normalisation.usd_per_million_tokens
    )
    assert row["normalised_as"].startswith("the public list price")
    assert {each["vendor"] for each in prices["usage"]["totals"]} == {
        "Meridian Models",
        "Larkspur AI",
    }
    total = next(
        each for each in prices["totals"] if each["vendor"] == "Meridian Models"
    )
    assert total["normalised_lines"] == [line.slin]
    # and the offer itself is as it was opened
    rate = OfferedRate.objects.get(offer__submission=offer_of(solicitation), line=line)
    assert rate.usd_per_million_tokens == 0
    other = offer_of(solicitation, "vendor_b_signer")
    analysed(solicitation, by=contract_specialist, reasonable=[other])
    assert [list(each.check()) for each in INVARIANTS] == [[]] * len(INVARIANTS)


@pytest.mark.rule("R-EVL-05", case="refused")
def test_a_price_that_was_put_in_is_not_found_reasonable(contract_specialist):
    solicitation = offered_for_nothing()
    put_in(solicitation)

    with nothing_happens(), pytest.raises(PriceNotComparable) as refusal:
        analysed(solicitation, by=contract_specialist)

    assert refusal.value.rule == "R-EVL-05"


def test_a_line_without_a_price_is_put_in_at_the_highest_other():
    # Given Meridian's offer from before images, and Larkspur's with images at $1
    solicitation = released_solicitation()
    submitted_offer(on=solicitation)
    with_images(solicitation, before(solicitation, minutes=50))
    submitted_offer(
        on=solicitation,
        by="vendor_b_signer",
        offer=flat(solicitation, "2", "1"),
        at=before(solicitation, minutes=40),
    )
    opened_offers(on=solicitation)
    images = solicitation.lines.get(slin="0002AA")

    # When list gives no price for a model that is not offered, it is refused
    with nothing_happens(), pytest.raises(RuleNotApplicable) as refusal:
        put_in(solicitation, line=images)
    assert refusal.value.rule == "R-EVL-05"

    # Then the highest other offer does
    found = put_in(solicitation, line=images, rule=NormalisationRule.HIGHEST_OTHER)
    assert found.usd_per_million_tokens == 1
    assert found.source == "price of Larkspur AI"
    prices = prices_of(solicitation, after(solicitation).date())
    assert prices["usage"]["not_ranked"] == []


@pytest.mark.rule("R-EVL-05", case="refused")
def test_a_price_is_put_in_for_a_reason():
    solicitation = offered_for_nothing()

    with nothing_happens(), pytest.raises(RuleNotApplicable) as refusal:
        put_in(solicitation, reason=" ")

    assert refusal.value.rule == "R-EVL-05"


def test_a_line_is_put_in_once_and_only_where_it_is_open():
    solicitation = offered_for_nothing()
    put_in(solicitation)

    with nothing_happens(), pytest.raises(AlreadyNormalised):
        put_in(solicitation, rule=NormalisationRule.HIGHEST_OTHER)
    with nothing_happens(), pytest.raises(NothingToClarify):
        put_in(solicitation, submission=offer_of(solicitation, "vendor_b_signer"))


def test_nobody_but_the_officer_puts_a_price_in():
    solicitation = offered_for_nothing()

    for part in ("contract_specialist", "evaluator", "auditor", "other_agency_officer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            put_in(solicitation, by=part)


def test_the_officer_puts_it_in_on_a_page(monkeypatch):
    solicitation = offered_for_nothing()
    monkeypatch.setattr(
        "contracting.core.clock.now", lambda: after(solicitation, hours=5)
    )
    browser = client_for(actor("contracting_officer"))
    address = reverse(
        "evaluations:normalise_price",
        args=[offer_of(solicitation).public_id, free_line(solicitation).public_id],
    )

    reply = submit(
        browser,
        address,
        {"rule": "HIGHEST_OTHER", "reason": "It is to be compared all the same."},
    )

    assert reply.status_code == 303
    page = browser.get(reply.url).content.decode()
    assert "Ranked by a price that was put in for" in page
    assert "It is to be compared all the same." in page
    assert client_for(actor("vendor_b_signer")).get(address).status_code == 404

"""An offeror says whether its price of zero is meant."""

import pytest
from django.urls import reverse

from contracting.core.errors import NotAllowed
from contracting.evaluations.calculations import prices_of
from contracting.evaluations.refusals import (
    AlreadyAsked,
    NarrativeMissing,
    NothingToClarify,
    PriceNotComparable,
)
from tests.builders import released_solicitation
from tests.cast import actor, client_for, nothing_happens, submit
from tests.evaluations.open_prices import (
    answered,
    asked,
    free_line,
    offer_of,
    offered_for_nothing,
)
from tests.evaluations.test_analyse import analysed
from tests.evaluations.test_price_page import flat, with_images
from tests.offers import after, before, opened_offers, submitted_offer

pytestmark = pytest.mark.django_db


@pytest.mark.rule("R-EVL-05", case="allowed")
def test_a_confirmed_zero_is_a_price_and_ranks_the_offer(contract_specialist):
    # Given a question about a price of zero
    solicitation = offered_for_nothing()
    question = asked(solicitation)

    # When the offeror says that it is meant
    answered(solicitation, question)

    # Then the offer is ranked, and its price may be found reasonable
    prices = prices_of(solicitation, after(solicitation).date())
    assert prices["lowest"]["vendors"] == ["Meridian Models"]
    assert prices["usage"]["not_ranked"] == []
    analysis = analysed(solicitation, by=contract_specialist, memo="Nothing is asked.")
    assert offer_of(solicitation).pk in analysis.reasonable_submission_ids


@pytest.mark.rule("R-EVL-05", case="refused")
def test_a_zero_that_nobody_confirmed_is_not_found_reasonable(contract_specialist):
    solicitation = offered_for_nothing()
    asked(solicitation)

    with nothing_happens(), pytest.raises(PriceNotComparable) as refusal:
        analysed(solicitation, by=contract_specialist, memo="Nothing is asked.")

    assert refusal.value.rule == "R-EVL-05"
    assert free_line(solicitation).slin in refusal.value.message


def test_a_zero_that_is_a_mistake_stays_open():
    solicitation = offered_for_nothing()
    question = asked(solicitation)

    answered(solicitation, question, is_meant=False, text="We left it blank.")

    prices = prices_of(solicitation, after(solicitation).date())
    assert prices["lowest"]["vendors"] == ["Larkspur AI"]


@pytest.mark.rule("R-EVL-05", case="refused")
def test_an_answer_puts_no_price_in_where_the_offer_has_none():
    # Given an offer from before the amendment that adds images
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
    question = asked(solicitation, line=images)

    with nothing_happens(), pytest.raises(NothingToClarify) as refusal:
        answered(solicitation, question)

    assert refusal.value.rule == "R-EVL-05"
    answered(solicitation, question, is_meant=False, text="We offer no images.")


def test_a_question_is_answered_once_and_in_words():
    solicitation = offered_for_nothing()
    question = asked(solicitation)

    with nothing_happens(), pytest.raises(NarrativeMissing):
        answered(solicitation, question, text="")
    answered(solicitation, question)
    with nothing_happens(), pytest.raises(AlreadyAsked):
        answered(solicitation, question, is_meant=False)


def test_nobody_else_answers():
    solicitation = offered_for_nothing()
    question = asked(solicitation)

    for part in ("vendor_b_signer", "vendor_a_administrator", "contracting_officer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            answered(solicitation, question, by=part)


def test_the_offeror_answers_on_its_page(monkeypatch):
    solicitation = offered_for_nothing()
    question = asked(solicitation)
    monkeypatch.setattr(
        "contracting.core.clock.now", lambda: after(solicitation, hours=4)
    )
    browser = client_for(actor("vendor_a_signer"))
    address = reverse("evaluations:confirm_price", args=[question.public_id])
    answer = browser.get(address).content.decode().split("data-answer")[1]
    assert "Until you answer, your offer has no rank." in answer.split("</p>")[0]

    reply = submit(browser, address, {"meaning": "zero", "text": "We mean it."})

    assert reply.status_code == 303
    page = browser.get(reply.url).content.decode()
    assert "You have answered: $0 is your price" in page
    assert "<form" not in page.split("What is asked")[1]

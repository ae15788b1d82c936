"""Asking an offeror about a price that its offer leaves open."""

import pytest
from django.urls import reverse

from contracting.core.errors import NotAllowed
from contracting.evaluations.calculations import prices_of
from contracting.evaluations.refusals import (
    AlreadyAsked,
    AlreadyDecided,
    NarrativeMissing,
    NothingToClarify,
)
from contracting.notices.models import Notice
from tests.cast import actor, client_for, nothing_happens, organization, submit
from tests.evaluations.open_prices import (
    asked,
    free_line,
    offer_of,
    offered_for_nothing,
)
from tests.offers import after, decided_solicitation

pytestmark = pytest.mark.django_db


def test_a_price_of_zero_has_no_rank_until_it_is_confirmed():
    # Given an offer with a class at zero dollars that nobody has confirmed
    solicitation = offered_for_nothing()

    prices = prices_of(solicitation, after(solicitation).date())

    # Then the other offer alone is ranked, although it is dearer
    assert prices["lowest"]["vendors"] == ["Larkspur AI"]
    assert [row["vendor"] for row in prices["usage"]["totals"]] == ["Larkspur AI"]
    assert prices["usage"]["not_ranked"] == [
        {
            "vendor": "Meridian Models",
            "missing_lines": [],
            "unconfirmed_lines": [free_line(solicitation).slin],
        }
    ]
    assert [row["vendor"] for row in prices["totals"]] == [
        "Larkspur AI",
        "Meridian Models",
    ]


def test_the_offeror_alone_is_asked_and_told():
    solicitation = offered_for_nothing()

    question = asked(solicitation)

    told = Notice.objects.filter(title__startswith="A question about your price")
    members = organization(actor("vendor_a_signer")).memberships.filter(is_active=True)
    assert set(told.values_list("recipient_user_id", flat=True)) == set(
        members.values_list("user_id", flat=True)
    )
    path = reverse("evaluations:confirm_price", args=[question.public_id])
    assert {each.url_path for each in told} == {path}
    assert client_for(actor("vendor_a_signer")).get(path).status_code == 200
    for outsider in ("vendor_b_signer", "other_vendor_signer", "contracting_officer"):
        assert client_for(actor(outsider)).get(path).status_code == 404


def test_a_line_is_asked_about_once():
    solicitation = offered_for_nothing()
    asked(solicitation)

    with nothing_happens(), pytest.raises(AlreadyAsked):
        asked(solicitation)


def test_a_price_that_counts_needs_no_question():
    solicitation = offered_for_nothing()
    priced = solicitation.lines.get(token_class__code="OUT_TEXT")

    with nothing_happens(), pytest.raises(NothingToClarify):
        asked(solicitation, line=priced)
    with nothing_happens(), pytest.raises(NothingToClarify):
        asked(solicitation, submission=offer_of(solicitation, "vendor_b_signer"))


def test_a_question_has_words():
    solicitation = offered_for_nothing()

    with nothing_happens(), pytest.raises(NarrativeMissing):
        asked(solicitation, question=" … ")


def test_nobody_but_the_officer_asks():
    solicitation = offered_for_nothing()

    for part in (
        "contract_specialist",
        "evaluator",
        "source_selection_authority",
        "auditor",
        "vendor_b_signer",
        "other_agency_officer",
    ):
        with nothing_happens(), pytest.raises(NotAllowed):
            asked(solicitation, by=part)


def test_the_page_of_the_prices_leads_to_the_question(monkeypatch):
    # Given the officer on the page of the prices
    solicitation = offered_for_nothing()
    monkeypatch.setattr(
        "contracting.core.clock.now", lambda: after(solicitation, hours=3)
    )
    browser = client_for(actor("contracting_officer"))
    address = reverse("evaluations:price", args=[solicitation.public_id])
    page = browser.get(address).content.decode()
    ask = reverse(
        "evaluations:clarify_price",
        args=[offer_of(solicitation).public_id, free_line(solicitation).public_id],
    )
    assert "Priced at $0, not confirmed" in page
    assert f'href="{ask}"' in page

    # When they ask
    reply = submit(browser, ask, {"question": "Is $0 meant?"})

    # Then the page says that the offeror has yet to answer, and asks no second time
    assert reply.status_code == 303
    page = browser.get(reply.url).content.decode()
    assert "No answer yet." in page
    assert f'href="{ask}"' not in page
    assert "has yet to answer" in browser.get(ask).content.decode()
    # An outsider sees nothing of it
    assert client_for(actor("vendor_b_signer")).get(ask).status_code == 404


def test_after_the_decision_nothing_is_asked():
    solicitation = decided_solicitation().solicitation

    with nothing_happens(), pytest.raises(AlreadyDecided):
        asked(solicitation)

"""The pages of an evaluation answer one question each, above everything else."""

import re

import pytest
from django.urls import reverse

from contracting.evaluations.operations.agree import agree_consensus
from contracting.evaluations.operations.rate import rate_submission
from contracting.evaluations.queries import missing_consensus, rated_factors
from contracting.submissions.queries import offers_of
from tests.builders import released_solicitation
from tests.cast import actor, client_for
from tests.evaluations.open_prices import offered_for_nothing
from tests.offers import (
    after,
    analysed_prices,
    declared_panel,
    locked_ratings,
    rated_offers,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def told_the_time(monkeypatch):
    """The door's clock: ``told_the_time(instant)``."""

    def tell(instant):
        monkeypatch.setattr("contracting.core.clock.now", lambda: instant)

    return tell


def page_of(part, name, *ids):
    reply = client_for(actor(part)).get(reverse(f"evaluations:{name}", args=ids))
    return reply.content.decode()


def answer_of(page):
    """What the page answers; nothing else of it stands above, and no script is needed.

    A figure, a table or a heading of the second level begins below the answer.
    """
    above, below = page.split("data-answer", 1)
    assert "<h2" not in above
    assert "<table" not in above
    assert re.search(r"<script(?![^>]* src=)|\son[a-z]+=|\sstyle=", page) is None
    return below.split("</p>")[0]


def half_rated():
    """One of two evaluators has rated both offers, and locked nothing."""
    solicitation = declared_panel()
    for offer, factor in missing_consensus(solicitation):
        rate_submission(
            submission_id=offer.submission_id,
            factor_id=factor.pk,
            rating="OUTSTANDING",
            strengths="Their support plan names people.",
            weaknesses="none",
            by=actor("evaluator"),
            at=after(solicitation, hours=4),
        )
    return solicitation


def test_the_matrix_names_what_is_unscored_and_by_whom(told_the_time):
    # Given offers that one of two evaluators has rated
    solicitation = half_rated()
    told_the_time(after(solicitation, hours=4))

    # When the officer looks at the matrix
    page = page_of("contracting_officer", "offers", solicitation.public_id)

    # Then the answer counts what is left, and each cell names who owes it
    left = len(missing_consensus(solicitation))
    assert f"yet to agree on {left} rating" in answer_of(page)
    assert f"<strong>Not rated</strong> by {actor('second_evaluator').name}" in page
    assert f"<strong>Not rated</strong> by {actor('evaluator').name}" not in page


def side_by_side(solicitation, query):
    """The table of factors as an officer asks for it, and the page around it."""
    url = reverse("evaluations:offers", args=[solicitation.public_id])
    page = client_for(actor("contracting_officer")).get(f"{url}{query}")
    said = page.content.decode()
    return said.split("<caption>", 1)[1].split("</table>", 1)[0], said


@pytest.mark.parametrize("is_even", [True, False])
def test_offers_are_set_side_by_side_where_they_differ_and_without_names(
    told_the_time, is_even
):
    # Given two offers that the panel has rated alike, or not
    solicitation = locked_ratings()
    for offer, factor in missing_consensus(solicitation):
        is_first = offer == offers_of(solicitation)[0]
        agree_consensus(
            submission_id=offer.submission_id,
            factor_id=factor.pk,
            rating="GOOD" if is_even or is_first else "ACCEPTABLE",
            narrative="Both of us find the boundary met and the support plan thin.",
            by=actor("evaluator"),
            at=after(solicitation, hours=5),
        )
    told_the_time(after(solicitation, hours=6))
    names = [each.submission.called for each in offers_of(solicitation)]
    ids = [each.submission.public_id for each in offers_of(solicitation)]
    (factor,) = rated_factors(solicitation)

    # When nothing, rubbish or a single one is asked for, all of it is shown
    for query in ("", "?offer=x&show=y&names=z", f"?offer={ids[0]}"):
        table, _page = side_by_side(solicitation, query)
        assert all(name in table for name in names)
        assert f". {factor.name}<" in table

    # When both are asked for, without names and only where they differ
    both = "".join(f"&offer={each}" for each in ids)
    query = f"?names=hidden&show=differences{both}"
    table, page = side_by_side(solicitation, query)

    # Then letters stand for them, and what the panel rated alike is left out and told
    assert "Offeror A" in table
    assert "Offeror B" in table
    assert not any(name in page.split("<main", 1)[1] for name in names)
    assert (f". {factor.name}<" in table) != is_even
    assert ("1 factor on which the panel gave all of them the same" in page) == is_even


def test_nobody_sees_another_rating_before_their_own_is_locked(told_the_time):
    solicitation = half_rated()
    told_the_time(after(solicitation, hours=4))
    offer, factor = offers_of(solicitation)[0], rated_factors(solicitation)[0]
    ids = (offer.submission.public_id, factor.public_id)

    for page in (
        page_of("second_evaluator", "offers", solicitation.public_id),
        page_of("second_evaluator", "offer", ids[0]),
        page_of("second_evaluator", "rate_submission", *ids),
        page_of("second_evaluator", "agree_consensus", *ids),
    ):
        assert answer_of(page)
        assert "support plan names people" not in page
        assert "Evaluators: " not in page


def test_the_consensus_says_who_is_missing_and_then_how_far_they_differ(told_the_time):
    # Given ratings that nobody has locked
    solicitation = rated_offers()
    told_the_time(after(solicitation, hours=4))
    offer, factor = offers_of(solicitation)[0], rated_factors(solicitation)[0]
    ids = (offer.submission.public_id, factor.public_id)

    page = page_of("evaluator", "agree_consensus", *ids)
    assert f"{actor('second_evaluator').name}" in answer_of(page)
    assert "yet to lock" in answer_of(page)
    assert "The ratings of others are shown once yours are locked." in page

    # When everybody has locked
    locked_ratings(on=solicitation)

    # Then the answer says the spread, and the form is there
    page = page_of("evaluator", "agree_consensus", *ids)
    assert "Every evaluator has locked; the ratings are all good." in answer_of(page)
    assert 'method="post"' in page


def test_before_the_opening_prices_and_offers_are_empty_pages(told_the_time):
    solicitation = released_solicitation()
    told_the_time(after(solicitation, minutes=1))

    prices = page_of("contracting_officer", "price", solicitation.public_id)
    offers = page_of("contracting_officer", "offers", solicitation.public_id)

    assert "The prices are sealed." in answer_of(prices)
    assert "Prices are compared once the offers are open." in prices
    assert "nobody knows how many there are" in answer_of(offers)


def test_each_page_of_prices_and_exchanges_answers_above_the_fold(told_the_time):
    solicitation = offered_for_nothing()
    told_the_time(after(solicitation, hours=6))

    for name in ("price", "analyse_price", "exchanges", "panel"):
        assert answer_of(page_of("contracting_officer", name, solicitation.public_id))


def test_the_authority_reads_what_is_left_before_the_decision(told_the_time):
    solicitation = analysed_prices().solicitation
    told_the_time(after(solicitation, hours=7))
    part = "source_selection_authority"

    page = page_of(part, "decide_selection", solicitation.public_id)

    assert "The decision is yours" in answer_of(page)
    assert 'method="post"' in page

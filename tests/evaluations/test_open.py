"""Opening discussions: with all in the competitive range, or with nobody."""

import pytest
from django.urls import reverse

from contracting.core.errors import NotAllowed
from contracting.evaluations.operations.agree import agree_consensus
from contracting.evaluations.queries import rated_factors
from contracting.evaluations.refusals import (
    AlreadyDiscussed,
    DiscussionsOpen,
    DiscussionsWithSome,
    RangeMissing,
)
from contracting.notices.models import Notice
from tests.cast import actor, client_for, nothing_happens, submit
from tests.evaluations.exchanges import (
    VENDORS,
    both_in_range,
    determined,
    discussed,
    offer_of,
    open_exchanges,
)
from tests.offers import after, locked_ratings

pytestmark = pytest.mark.django_db


@pytest.mark.rule("R-EVL-04", case="allowed")
def test_discussions_open_with_everybody_in_the_range_at_one_instant():
    # Given two offers in the competitive range
    solicitation = both_in_range()

    # When discussions are opened with both
    opened = discussed(solicitation)

    # Then each reads its own topics and nobody else's
    assert len({each.opened_at for each in opened}) == 1
    for part, other in zip(VENDORS, reversed(VENDORS), strict=True):
        path = reverse(
            "evaluations:discussion", args=[offer_of(solicitation, part).public_id]
        )
        page = client_for(actor(part)).get(path).content.decode()
        assert f"The support plan of {part} is thin." in page
        assert f"The support plan of {other} is thin." not in page
        assert client_for(actor(other)).get(path).status_code == 404
        told = Notice.objects.filter(recipient_user_id=actor(part).user_id)
        assert told.filter(title__startswith="Discussions about").count() == 1


@pytest.mark.rule("R-EVL-04", case="refused")
def test_opening_with_one_requires_all_in_the_range():
    # Given two offers in the competitive range
    solicitation = both_in_range()
    first, second = (offer_of(solicitation, part).pk for part in VENDORS)

    # When discussions are opened with one of them, in whatever way
    for topics in (
        {first: "Your support plan is thin."},
        {first: "Your support plan is thin.", second: " "},
        {},
    ):
        with nothing_happens(), pytest.raises(DiscussionsWithSome) as refusal:
            discussed(solicitation, topics=topics)
        assert refusal.value.rule == "R-EVL-04"


@pytest.mark.rule("R-EVL-04", case="refused")
def test_nothing_is_discussed_with_whoever_is_left_out():
    solicitation = locked_ratings()
    left = offer_of(solicitation, "vendor_b_signer")
    determined(solicitation, left_out={left.pk: "It is rated lowest."})

    with nothing_happens(), pytest.raises(DiscussionsWithSome) as refusal:
        discussed(solicitation)

    assert refusal.value.rule == "R-EVL-04"


@pytest.mark.rule("R-EVL-04", case="refused")
def test_without_a_range_there_are_no_discussions():
    solicitation = locked_ratings()

    with nothing_happens(), pytest.raises(RangeMissing) as refusal:
        discussed(solicitation)

    assert refusal.value.rule == "R-EVL-04"


@pytest.mark.rule("R-EVL-04", case="refused")
def test_the_panel_agrees_on_no_offer_that_is_still_discussed(evaluator):
    solicitation = open_exchanges()

    with nothing_happens(), pytest.raises(DiscussionsOpen) as refusal:
        agree_consensus(
            submission_id=offer_of(solicitation, "vendor_a_signer").pk,
            factor_id=rated_factors(solicitation)[0].pk,
            rating="GOOD",
            narrative="Both of us find the boundary met.",
            by=evaluator,
            at=after(solicitation, hours=8),
        )

    assert refusal.value.rule == "R-EVL-04"


def test_discussions_are_opened_once():
    solicitation = open_exchanges()

    with nothing_happens(), pytest.raises(AlreadyDiscussed):
        discussed(solicitation)


def test_nobody_else_opens_them():
    solicitation = both_in_range()

    for part in ("contract_specialist", "evaluator", "source_selection_authority"):
        with nothing_happens(), pytest.raises(NotAllowed):
            discussed(solicitation, by=part)


def test_the_officer_opens_them_on_a_page(monkeypatch):
    solicitation = both_in_range()
    monkeypatch.setattr(
        "contracting.core.clock.now", lambda: after(solicitation, hours=6)
    )
    browser = client_for(actor("contracting_officer"))
    address = reverse("evaluations:open_discussions", args=[solicitation.public_id])
    words = {
        f"words_{offer_of(solicitation, part).public_id}": "Say more about support."
        for part in VENDORS
    }

    # Topics for one alone come back with an error at the field of the other
    alone = dict(list(words.items())[:1])
    assert submit(browser, address, alone).status_code == 422
    reply = submit(browser, address, words)

    assert reply.status_code == 303
    page = browser.get(reply.url).content.decode()
    assert "Discussions are open with all 2 offerors" in page
    assert client_for(actor("vendor_a_signer")).get(address).status_code == 404

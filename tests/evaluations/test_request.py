"""Requesting final revisions by one common cutoff."""

from datetime import timedelta

import pytest
from django.urls import reverse

from contracting.core.errors import NotAllowed
from contracting.evaluations.refusals import NotDiscussed, OneCutoff
from contracting.notices.models import Notice
from tests.cast import actor, client_for, nothing_happens, submit
from tests.evaluations.exchanges import (
    VENDORS,
    both_in_range,
    cutoff_of,
    offer_of,
    open_exchanges,
    requested,
    revisions_due,
)
from tests.offers import after

pytestmark = pytest.mark.django_db


@pytest.mark.rule("R-EVL-04", case="allowed")
def test_everybody_in_the_range_has_the_same_cutoff_in_the_same_words(monkeypatch):
    # Given discussions with two offerors
    solicitation = open_exchanges()
    monkeypatch.setattr(
        "contracting.core.clock.now", lambda: after(solicitation, hours=8)
    )

    # When final revisions are requested
    requested(solicitation)

    # Then both are told the same, and both pages say the same instant
    told = [
        Notice.objects.get(
            recipient_user_id=actor(part).user_id, title__startswith="Final revisions"
        )
        for part in VENDORS
    ]
    assert told[0].body == told[1].body
    assert cutoff_of(solicitation).isoformat() in told[0].body
    for part in VENDORS:
        path = reverse(
            "evaluations:discussion", args=[offer_of(solicitation, part).public_id]
        )
        page = client_for(actor(part)).get(path).content.decode()
        assert "the same for everybody" in page.split("data-answer")[1]


@pytest.mark.rule("R-EVL-04", case="refused")
def test_there_is_one_cutoff_and_it_lies_ahead():
    solicitation = revisions_due()

    with nothing_happens(), pytest.raises(OneCutoff) as refusal:
        requested(solicitation, cutoff=cutoff_of(solicitation) + timedelta(days=1))

    assert refusal.value.rule == "R-EVL-04"


@pytest.mark.rule("R-EVL-04", case="refused")
def test_a_cutoff_that_has_passed_is_none():
    solicitation = open_exchanges()

    with nothing_happens(), pytest.raises(OneCutoff) as refusal:
        requested(solicitation, cutoff=after(solicitation, hours=7))

    assert refusal.value.rule == "R-EVL-04"


@pytest.mark.rule("R-EVL-04", case="refused")
def test_without_discussions_nothing_is_revised():
    solicitation = both_in_range()

    with nothing_happens(), pytest.raises(NotDiscussed) as refusal:
        requested(solicitation)

    assert refusal.value.rule == "R-EVL-04"


def test_nobody_else_requests():
    solicitation = open_exchanges()

    for part in ("contract_specialist", "evaluator", "other_agency_officer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            requested(solicitation, by=part)


def test_the_officer_requests_on_a_page(monkeypatch):
    solicitation = open_exchanges()
    monkeypatch.setattr(
        "contracting.core.clock.now", lambda: after(solicitation, hours=7)
    )
    browser = client_for(actor("contracting_officer"))
    address = reverse("evaluations:request_revisions", args=[solicitation.public_id])
    day = cutoff_of(solicitation).strftime("%Y-%m-%d")

    reply = submit(browser, address, {"cutoff": f"{day} 17:00"})

    assert reply.status_code == 303
    assert "one cutoff for everybody" in browser.get(reply.url).content.decode()
    assert client_for(actor("vendor_a_signer")).get(address).status_code == 404

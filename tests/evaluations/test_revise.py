"""Handing in a final revision, sealed as the first offer was."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse

from contracting.core.errors import NotAllowed
from contracting.documents.queries import documents_of, read_blob
from contracting.evaluations.calculations import prices_of
from contracting.evaluations.models import FinalRevision
from contracting.evaluations.operations.revise import revise_submission
from contracting.evaluations.refusals import CutoffPassed, NotInTheRange
from contracting.submissions.calculations import Offer
from contracting.submissions.refusals import OfferIncomplete
from tests.cast import actor, client_for, nothing_happens
from tests.evaluations.exchanges import (
    cutoff_of,
    determined,
    discussed,
    offer_of,
    open_exchanges,
    requested,
    revised,
    revisions_due,
)
from tests.offers import after, locked_ratings

pytestmark = pytest.mark.django_db


@pytest.mark.rule("R-EVL-04", case="allowed")
def test_a_final_revision_comes_in_sealed_up_to_the_very_cutoff():
    # Given final revisions that are due
    solicitation = revisions_due()

    # When Larkspur hands in one in the last instant
    revision = revised(solicitation, at=cutoff_of(solicitation))

    # Then nobody reads it: it is sealed, and the prices are those of the first offer
    assert b"named engineer" not in read_blob(revision.sealed_blob)
    assert "named engineer" not in str(FinalRevision.objects.values())
    prices = prices_of(solicitation, after(solicitation).date())
    assert prices["lowest"]["vendors"] == ["Meridian Models"]
    page = client_for(actor("vendor_b_signer")).get(
        reverse("evaluations:discussion", args=[revision.submission.public_id])
    )
    assert revision.plain_sha256[:12] in page.content.decode()


def test_a_final_revision_gets_a_receipt_that_is_its_vendor_s_alone():
    # When Larkspur hands in a final revision
    solicitation = revisions_due()
    revision = revised(solicitation, at=cutoff_of(solicitation))

    # Then its receipt says what arrived, when and until when, and every hash
    paper = documents_of(revision.subject).get()
    said = json.dumps(paper.context)
    for part in revision.files:
        assert part["sha256"] in said
    assert revision.plain_sha256 in said
    assert revision.sealed_blob.sha256 in said
    assert "Larkspur AI" in said
    assert "named engineer" not in said
    assert f"{cutoff_of(solicitation):%Y-%m-%d %H:%M:%S.%f} UTC" in said

    # And its vendor alone reads it
    page = reverse("documents:document", args=[paper.public_id])
    own = client_for(actor("vendor_b_signer"))
    discussions = reverse(
        "evaluations:discussion", args=[revision.submission.public_id]
    )
    assert page in own.get(discussions).content.decode()
    assert own.get(page).status_code == 200
    for outsider in ("vendor_a_signer", "contracting_officer", "administrator"):
        assert client_for(actor(outsider)).get(page).status_code == 404


@pytest.mark.rule("R-EVL-04", case="refused")
def test_nothing_comes_in_after_the_cutoff_or_before_it_is_asked_for():
    solicitation = revisions_due()

    with nothing_happens(), pytest.raises(CutoffPassed) as refusal:
        revised(solicitation, at=cutoff_of(solicitation) + timedelta(microseconds=1))

    assert refusal.value.rule == "R-EVL-04"


@pytest.mark.rule("R-EVL-04", case="refused")
def test_no_revision_is_taken_before_it_is_requested():
    solicitation = open_exchanges()

    with nothing_happens(), pytest.raises(CutoffPassed) as refusal:
        revised(solicitation)

    assert refusal.value.rule == "R-EVL-04"


@pytest.mark.rule("R-EVL-04", case="refused")
def test_whoever_is_left_out_of_the_range_revises_nothing():
    solicitation = locked_ratings()
    kept, left = (
        offer_of(solicitation, part) for part in ("vendor_a_signer", "vendor_b_signer")
    )
    determined(solicitation, left_out={left.pk: "It is rated lowest."})
    discussed(solicitation, topics={kept.pk: "The support plan is thin."})
    requested(solicitation)

    with nothing_happens(), pytest.raises(NotInTheRange) as refusal:
        revised(solicitation)

    assert refusal.value.rule == "R-EVL-04"


def test_the_whole_offer_is_stated_again():
    solicitation = revisions_due()

    with nothing_happens(), pytest.raises(OfferIncomplete):
        revise_submission(
            submission_id=offer_of(solicitation, "vendor_b_signer").pk,
            offer=Offer(technical="Only words.", prices=[]),
            by=actor("vendor_b_signer"),
            at=cutoff_of(solicitation),
        )


def test_nobody_revises_for_another():
    solicitation = revisions_due()

    for part in ("vendor_a_signer", "contracting_officer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            revised(solicitation, by=part)


def test_the_page_of_the_revision_says_the_cutoff_to_its_vendor_alone(monkeypatch):
    solicitation = revisions_due()
    monkeypatch.setattr(
        "contracting.core.clock.now", lambda: after(solicitation, hours=8)
    )
    address = reverse(
        "evaluations:revise_submission",
        args=[offer_of(solicitation, "vendor_b_signer").public_id],
    )

    page = client_for(actor("vendor_b_signer")).get(address).content.decode()

    answer = page.split("data-answer")[1].split("</p>")[0]
    assert "nothing comes in late" in answer
    assert "Hand in our final revision" in page
    assert "this page seals in your browser instead" in page
    assert "Take over our draft" not in page
    for outsider in ("vendor_a_signer", "contracting_officer"):
        assert client_for(actor(outsider)).get(address).status_code == 404

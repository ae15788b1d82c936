"""Keeping a rating while it is typed."""

import pytest
from django.urls import reverse

from contracting.audit.models import AuditEvent
from contracting.core.errors import NotAllowed
from contracting.evaluations.models import Rating, RatingDraft
from contracting.evaluations.operations.save import save_rating
from contracting.evaluations.queries import rated_factors
from contracting.evaluations.refusals import (
    AlreadyAgreed,
    NotAPublishedFactor,
    NotOnTheScale,
    RatingDraftChanged,
)
from tests.cast import actor, client_for, nothing_happens, submit
from tests.evaluations.test_rate import rated
from tests.offers import after, agreed_offers, declared_panel

pytestmark = pytest.mark.django_db


def typed(submission, factor, *, by="evaluator", seen=0, minutes=0, **words):
    return save_rating(
        submission_id=submission.pk,
        factor_id=factor.pk,
        **{"strengths": "The bounda", **words},
        seen_version=seen,
        by=actor(by),
        at=after(submission.solicitation, hours=4, minutes=minutes),
    )


@pytest.fixture
def panel():
    solicitation = declared_panel()
    submission = solicitation.submissions.order_by("pk")[0]
    return solicitation, submission, rated_factors(solicitation)[0]


def test_what_is_typed_is_kept_for_its_evaluator_and_is_no_rating(panel):
    # Given an evaluator who types, and types on
    _solicitation, submission, factor = panel
    typed(submission, factor)
    kept = typed(submission, factor, seen=1, minutes=1, strengths="The boundary is met")

    # Then it is kept once, without a word missing, and that it was begun is recorded
    assert (kept.version, kept.rating, kept.weaknesses) == (2, "", "")
    assert RatingDraft.objects.get().strengths == "The boundary is met"
    assert not Rating.objects.exists()
    told = AuditEvent.objects.filter(event="evaluations.rating.drafted")
    assert told.count() == 1
    assert "boundary" not in told[0].payload

    # When the rating is recorded, then nothing is left of it
    rated(submission, factor, by=actor("evaluator"))
    assert not RatingDraft.objects.exists()
    assert Rating.objects.get().revision == 1


@pytest.mark.rule("R-EVL-01", case="refused")
def test_what_could_never_be_recorded_is_not_kept(panel):
    solicitation, submission, factor = panel
    price = solicitation.factors.get(is_price=True)

    with nothing_happens(), pytest.raises(NotOnTheScale):
        typed(submission, factor, rating="SPLENDID")
    with nothing_happens(), pytest.raises(NotAPublishedFactor) as refusal:
        typed(submission, price)
    assert refusal.value.rule == "R-EVL-01"


def test_nobody_else_types_and_nobody_once_it_is_agreed(panel):
    _solicitation, submission, factor = panel
    for part in ("contracting_officer", "vendor_a_signer", "administrator"):
        with nothing_happens(), pytest.raises(NotAllowed):
            typed(submission, factor, by=part)

    agreed = agreed_offers().submissions.order_by("pk")[0]
    with nothing_happens(), pytest.raises(AlreadyAgreed):
        typed(agreed, rated_factors(agreed.solicitation)[0])


def test_another_window_does_not_write_over_what_was_saved(panel):
    _solicitation, submission, factor = panel
    typed(submission, factor)

    with nothing_happens(), pytest.raises(RatingDraftChanged, match="another window"):
        typed(submission, factor, strengths="Older words.")


def test_the_page_brings_back_what_was_typed_to_its_evaluator_alone(panel, monkeypatch):
    # Given the page of a rating, and its script that saves
    solicitation, submission, factor = panel
    at = after(solicitation, hours=4)
    monkeypatch.setattr("contracting.core.clock.now", lambda: at)
    ids = [submission.public_id, factor.public_id]
    rate, save = (
        reverse(f"evaluations:{name}", args=ids)
        for name in ("rate_submission", "save_rating")
    )
    browser = client_for(actor("evaluator"))
    assert f'data-autosave="{save}"' in browser.get(rate).content.decode()

    # When it sends what is typed: damaged, then whole, then from an old page
    assert browser.post(save, {"strengths": "Words"}).status_code == 422
    sent = {"seen_version": 0, "strengths": "Canary of an evaluator", "rating": ""}
    reply = browser.post(save, sent)
    assert reply.json()["version"] == 1
    assert "not recorded yet" in reply.json()["message"]
    again = browser.post(save, sent)
    assert (again.status_code, again.json()["code"]) == (409, "rating_draft_changed")

    # Then it stands in the form again, is said before ratings are locked, and nobody
    # else of the panel or the agency sees it
    assert browser.get(save).status_code == 302
    page = browser.get(rate).content.decode()
    assert "Canary of an evaluator" in page
    assert "is not recorded yet" in page
    lock = reverse("evaluations:lock_ratings", args=[submission.public_id])
    assert "Typed and not recorded" in browser.get(lock).content.decode()
    for other in ("second_evaluator", "contracting_officer"):
        reader = client_for(actor(other))
        for address in (rate, lock):
            assert "Canary" not in reader.get(address).content.decode()
    assert client_for(actor("vendor_a_signer")).get(save).status_code == 404

    # And once it is recorded it is gone
    words = {"rating": "GOOD", "strengths": "Met.", "weaknesses": "None."}
    assert submit(browser, rate, words).status_code == 303
    assert not RatingDraft.objects.exists()

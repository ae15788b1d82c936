"""Locking one's own ratings of an offer."""

import pytest

from contracting.core.errors import NotAllowed
from contracting.evaluations.operations.lock import lock_ratings
from contracting.evaluations.queries import (
    have_not_locked,
    locked_ratings_of,
    rated_factors,
)
from contracting.evaluations.refusals import AlreadyLocked, NotOpened, RatingsMissing
from contracting.evaluations.states import spread
from contracting.solicitations.operations.cancel import cancel_solicitation
from tests.cast import actor, nothing_happens
from tests.offers import after, declared_panel, rated_offers

pytestmark = pytest.mark.django_db


def locked(submission, *, by):
    return lock_ratings(
        submission_id=submission.pk, by=by, at=after(submission.solicitation, hours=5)
    )


@pytest.mark.rule("R-EVL-03", case="allowed")
def test_an_evaluator_locks_their_ratings_of_an_offer(evaluator):
    # Given an offer that both evaluators have rated
    solicitation = rated_offers()
    submission = solicitation.submissions.order_by("pk")[0]

    # When one of them locks
    locked(submission, by=evaluator)

    # Then the other one is still to lock, and nothing of theirs is shown yet
    owing = [each.membership.user.name for each in have_not_locked(submission)]
    assert owing == ["Jon Evaluator"]
    shown = locked_ratings_of(submission, rated_factors(solicitation)[0])
    names = [rating.panel_member.membership.user.name for rating in shown]
    assert names == ["Ida Evaluator"]


def test_ratings_are_locked_once_they_are_complete_and_once_only(evaluator):
    solicitation = declared_panel()
    submission = solicitation.submissions.order_by("pk")[0]

    with nothing_happens(), pytest.raises(RatingsMissing) as refusal:
        locked(submission, by=evaluator)

    assert refusal.value.data["factors"] == [rated_factors(solicitation)[0].name]
    rated_offers(on=solicitation)
    locked(submission, by=evaluator)
    with nothing_happens(), pytest.raises(AlreadyLocked):
        locked(submission, by=evaluator)


def test_nothing_is_locked_once_the_solicitation_is_cancelled(evaluator):
    solicitation = rated_offers()
    cancel_solicitation(
        solicitation_id=solicitation.pk,
        reason="The need has gone.",
        memo="The program was ended; nothing is bought.",
        by=actor("contracting_officer"),
        at=after(solicitation, hours=4),
    )

    with nothing_happens(), pytest.raises(NotOpened):
        locked(solicitation.submissions.order_by("pk")[0], by=evaluator)


def test_nobody_else_locks():
    submission = rated_offers().submissions.order_by("pk")[0]

    for part in (
        "source_selection_authority",
        "contracting_officer",
        "vendor_a_signer",
        "other_agency_officer",
    ):
        with nothing_happens(), pytest.raises(NotAllowed):
            locked(submission, by=actor(part))


@pytest.mark.parametrize(
    ("ratings", "words"),
    [
        ([], ""),
        (["GOOD"], "all good"),
        (["GOOD", "GOOD"], "all good"),
        (["GOOD", "ACCEPTABLE"], "acceptable to good, 1 step apart"),
        (["MARGINAL", "OUTSTANDING", "GOOD"], "marginal to outstanding, 3 steps apart"),
    ],
)
def test_how_far_apart_ratings_lie(ratings, words):
    assert spread(ratings) == words

"""Agreeing on a rating."""

import pytest

from contracting.core.errors import NotAllowed
from contracting.evaluations.models import ConsensusRating
from contracting.evaluations.operations.agree import agree_consensus
from contracting.evaluations.operations.lock import lock_ratings
from contracting.evaluations.queries import missing_consensus, rated_factors
from contracting.evaluations.refusals import (
    AlreadyAgreed,
    NarrativeMissing,
    NotAPublishedFactor,
    NotOnTheScale,
    NotOpened,
    RatingsNotLocked,
)
from contracting.solicitations.operations.cancel import cancel_solicitation
from tests.cast import actor, nothing_happens
from tests.offers import after, agreed_offers, locked_ratings, rated_offers

pytestmark = pytest.mark.django_db


def agreed(submission, factor, *, by, **words):
    said = {"rating": "GOOD", "narrative": "The boundary is met.", **words}
    return agree_consensus(
        submission_id=submission.pk,
        factor_id=factor.pk,
        **said,
        by=by,
        at=after(submission.solicitation, hours=5),
    )


@pytest.mark.rule("R-EVL-03", case="allowed")
def test_the_panel_agrees_once_every_evaluator_has_locked(evaluator):
    solicitation = locked_ratings()
    assert len(missing_consensus(solicitation)) == 2

    for submission in solicitation.submissions.all():
        agreed(submission, rated_factors(solicitation)[0], by=evaluator)

    assert missing_consensus(solicitation) == []
    assert ConsensusRating.objects.count() == 2


@pytest.mark.rule("R-EVL-03", case="refused")
def test_before_every_evaluator_has_locked_there_is_no_consensus(evaluator):
    # Given ratings that one evaluator has locked and the other has not
    solicitation = rated_offers()
    submission = solicitation.submissions.all()[0]
    lock_ratings(
        submission_id=submission.pk, by=evaluator, at=after(solicitation, hours=4)
    )

    # When the panel wants to agree, it is refused and says who is still to lock
    with nothing_happens(), pytest.raises(RatingsNotLocked) as refusal:
        agreed(submission, rated_factors(solicitation)[0], by=evaluator)

    assert refusal.value.data["owing"] == ["Jon Evaluator"]
    assert refusal.value.rule == "R-EVL-03"


def test_a_consensus_is_recorded_once(second_evaluator):
    solicitation = agreed_offers()

    with nothing_happens(), pytest.raises(AlreadyAgreed):
        agreed(
            solicitation.submissions.all()[0],
            rated_factors(solicitation)[0],
            by=second_evaluator,
        )


@pytest.mark.rule("R-EVL-01", case="refused")
def test_a_consensus_keeps_to_factor_scale_and_narrative(evaluator):
    solicitation = locked_ratings()
    submission = solicitation.submissions.all()[0]
    factor = rated_factors(solicitation)[0]
    price = solicitation.factors.get(is_price=True)

    for refused, subject, words in (
        (NotAPublishedFactor, price, {}),
        (NotOnTheScale, factor, {"rating": "FINE"}),
        (NarrativeMissing, factor, {"narrative": " "}),
    ):
        with nothing_happens(), pytest.raises(refused) as refusal:
            agreed(submission, subject, by=evaluator, **words)

        assert refusal.value.rule == "R-EVL-01"


def test_nobody_else_records_it():
    solicitation = locked_ratings()

    for part in (
        "source_selection_authority",
        "contracting_officer",
        "other_vendor_signer",
    ):
        with nothing_happens(), pytest.raises(NotAllowed):
            agreed(
                solicitation.submissions.all()[0],
                rated_factors(solicitation)[0],
                by=actor(part),
            )


def test_nothing_is_agreed_once_the_solicitation_is_cancelled(evaluator):
    # Given opened offers on a solicitation that is cancelled
    solicitation = locked_ratings()
    cancel_solicitation(
        solicitation_id=solicitation.pk,
        reason="The need has gone.",
        memo="The funds were withdrawn.",
        by=actor("contracting_officer"),
        at=after(solicitation, hours=4),
    )
    submission = solicitation.submissions.order_by("pk")[0]

    with nothing_happens(), pytest.raises(NotOpened):
        agreed(submission, rated_factors(solicitation)[0], by=evaluator)

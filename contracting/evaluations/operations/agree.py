"""Record what the panel agreed."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.evaluations import calculations, events, permissions, queries
from contracting.evaluations.discussions.exchanges import (
    require_discussions_ended,
)
from contracting.evaluations.discussions.places import require_places
from contracting.evaluations.models import ConsensusRating
from contracting.evaluations.refusals import (
    AlreadyAgreed,
    NarrativeMissing,
    NotOnTheScale,
    RatingsNotLocked,
)
from contracting.evaluations.states import AdjectivalRating
from contracting.solicitations.models import EvaluationFactor, Solicitation
from contracting.submissions.models import Submission


@transaction.atomic
def agree_consensus(
    *,
    submission_id: int,
    factor_id: int,
    rating: str,
    narrative: str,
    by: Actor,
    at: datetime,
) -> ConsensusRating:
    """Write down the panel's rating of an offer on a factor, once and for all.

    :param rating: an :class:`~contracting.evaluations.states.AdjectivalRating`
    :raises NotAllowed: unless ``by`` is a designated evaluator who has declared
    :raises NotOpened: once the solicitation is cancelled or awarded
    :raises DiscussionsOpen: until the cutoff of final revisions has passed (R-EVL-04)
    :raises NotAPublishedFactor: for any other factor, and for price (R-EVL-01)
    :raises NotOnTheScale: for a word outside the scale (R-EVL-01)
    :raises NarrativeMissing: without a narrative (R-EVL-01)
    :raises PlaceUnknown: if it names a place that the offer has not (R-EVL-01)
    :raises RatingsNotLocked: until every evaluator who has declared has locked their
        own ratings of the offer (R-EVL-03)
    :raises AlreadyAgreed: if there is a consensus
    """
    found = Submission.objects.get(pk=submission_id)
    solicitation = Solicitation.objects.locked().get(pk=found.solicitation_id)
    submission = Submission.objects.locked().get(pk=submission_id)
    require(permissions.can_agree_consensus(by, submission))
    queries.require_open(solicitation)
    require_discussions_ended(solicitation, at)
    factor = EvaluationFactor.objects.get(pk=factor_id)
    queries.require_published(solicitation, factor)
    _require_words(rating, narrative)
    require_places(submission, narrative)
    _require_locks(submission, factor)
    agreed = ConsensusRating.objects.create(
        submission=submission,
        factor=factor,
        rating=rating,
        narrative=narrative.strip(),
        agreed_by_id=by.own_membership_id,
        agreed_at=at,
    )
    record_event(
        events.CONSENSUS_AGREED,
        subject=solicitation.subject,
        by=by,
        at=at,
        data={"submission": submission.public_id, "factor": factor.public_id},
    )
    return agreed


def _require_words(rating: str, narrative: str) -> None:
    if rating not in AdjectivalRating.values:
        message = f"{rating!r} is not on the published scale."
        raise NotOnTheScale(message, rating=rating)
    if not calculations.has_words(narrative):
        message = "Write what the panel agreed, and why."
        raise NarrativeMissing(message)


def _require_locks(submission: Submission, factor: EvaluationFactor) -> None:
    if queries.consensus_of(submission, factor) is not None:
        message = "The panel has agreed on this offer and factor already."
        raise AlreadyAgreed(message)
    owing = [
        member.membership.user.name for member in queries.have_not_locked(submission)
    ]
    if owing:
        message = (
            "First every evaluator locks their own ratings of this offer; still to "
            f"come: {', '.join(owing)}."
        )
        raise RatingsNotLocked(message, owing=owing)

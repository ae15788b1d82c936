"""Rate an offer on one factor."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.evaluations import calculations, events, permissions, queries
from contracting.evaluations.discussions.places import require_places
from contracting.evaluations.models import PanelMember, Rating, RatingDraft
from contracting.evaluations.refusals import (
    AlreadyAgreed,
    NarrativeMissing,
    NotOnTheScale,
    RevisionUnexplained,
)
from contracting.evaluations.states import AdjectivalRating
from contracting.solicitations.models import EvaluationFactor, Solicitation
from contracting.submissions.models import Submission
from contracting.submissions.refusals import NotConsidered, StillSealed
from contracting.submissions.states import SubmissionState


@transaction.atomic
def rate_submission(
    *,
    submission_id: int,
    factor_id: int,
    rating: str,
    strengths: str,
    weaknesses: str,
    reason: str = "",
    by: Actor,
    at: datetime,
) -> Rating:
    """Write one's own rating; a later one is a revision and the earlier one stays.

    Once locked, a rating is revised only with a reason, which the panel reads. What was
    kept of it while it was typed is deleted.

    :param rating: an :class:`~contracting.evaluations.states.AdjectivalRating`
    :raises NotAllowed: unless ``by`` is a designated evaluator who has declared
    :raises NotConsidered: for a late or withdrawn offer (R-SUB-01)
    :raises StillSealed: before the opening (R-SUB-03)
    :raises NotOpened: once the solicitation is cancelled or awarded
    :raises NotAPublishedFactor: for any other factor, and for price (R-EVL-01)
    :raises NotOnTheScale: for a word outside the scale (R-EVL-01)
    :raises NarrativeMissing: without strengths and weaknesses (R-EVL-01)
    :raises PlaceUnknown: if the words name a place that the offer has not (R-EVL-01)
    :raises RevisionUnexplained: for a locked rating, without a reason (R-EVL-03)
    :raises AlreadyAgreed: once the panel has agreed on this offer and factor
    """
    found = Submission.objects.get(pk=submission_id)
    solicitation = Solicitation.objects.locked().get(pk=found.solicitation_id)
    submission = Submission.objects.locked().get(pk=submission_id)
    require(permissions.can_rate_submission(by, submission))
    _require_considered(submission)
    queries.require_open(solicitation)
    factor = EvaluationFactor.objects.get(pk=factor_id)
    queries.require_published(solicitation, factor)
    _require_words(rating, strengths, weaknesses)
    require_places(submission, strengths, weaknesses)
    if queries.consensus_of(submission, factor) is not None:
        message = "The panel has agreed on this offer and factor."
        raise AlreadyAgreed(message)
    member = PanelMember.objects.get(
        solicitation=solicitation, membership_id=by.own_membership_id
    )
    is_locked = queries.has_locked(member, submission)
    if is_locked and not calculations.has_words(reason):
        message = (
            "You have locked your ratings of this offer. Say why you revise this one: "
            "the locked rating stays beside it."
        )
        raise RevisionUnexplained(message)
    last = queries.own_rating(member, submission, factor)
    written = Rating.objects.create(
        submission=submission,
        factor=factor,
        panel_member=member,
        revision=1 if last is None else last.revision + 1,
        rating=rating,
        strengths=strengths.strip(),
        weaknesses=weaknesses.strip(),
        rated_at=at,
        reason=reason.strip() if is_locked else "",
    )
    RatingDraft.objects.filter(
        submission=submission, factor=factor, panel_member=member
    ).delete()
    record_event(
        events.SUBMISSION_RATED,
        subject=solicitation.subject,
        by=by,
        at=at,
        data={
            "submission": submission.public_id,
            "factor": factor.public_id,
            "revision": written.revision,
        },
    )
    return written


def _require_considered(submission: Submission) -> None:
    state = submission.state
    if state in (SubmissionState.LATE, SubmissionState.WITHDRAWN):
        message = "A late or withdrawn offer is not considered."
        raise NotConsidered(message, state=state)
    if state != SubmissionState.OPENED:
        message = "The offers are sealed until their openers have opened them."
        raise StillSealed(message)


def _require_words(rating: str, strengths: str, weaknesses: str) -> None:
    if rating not in AdjectivalRating.values:
        message = f"{rating!r} is not on the published scale."
        raise NotOnTheScale(message, rating=rating)
    if not (calculations.has_words(strengths) and calculations.has_words(weaknesses)):
        message = (
            "Write the strengths and the weaknesses; say so in words if there are none."
        )
        raise NarrativeMissing(message)

"""Keep what an evaluator has typed of a rating."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.evaluations import events, permissions, queries
from contracting.evaluations.models import PanelMember, RatingDraft
from contracting.evaluations.refusals import (
    AlreadyAgreed,
    NotOnTheScale,
    RatingDraftChanged,
)
from contracting.evaluations.states import AdjectivalRating
from contracting.solicitations.models import EvaluationFactor, Solicitation
from contracting.submissions.models import Submission


@transaction.atomic
def save_rating(
    *,
    submission_id: int,
    factor_id: int,
    rating: str = "",
    strengths: str = "",
    weaknesses: str = "",
    reason: str = "",
    seen_version: int,
    by: Actor,
    at: datetime,
) -> RatingDraft:
    """Keep a rating as far as it is typed, for the evaluator alone.

    It is no rating, no revision of one, and tells nobody; recording the rating deletes
    it. That it was begun is recorded, and not each save.

    :param rating: of the scale, or empty
    :param seen_version: the version that was changed; 0 before the first save
    :raises NotAllowed: unless ``by`` is a designated evaluator who has declared
    :raises NotOpened: once the solicitation is cancelled or awarded, or before it opens
    :raises NotAPublishedFactor: for any other factor, and for price (R-EVL-01)
    :raises NotOnTheScale: for a word outside the scale (R-EVL-01)
    :raises AlreadyAgreed: once the panel has agreed on this offer and factor
    :raises RatingDraftChanged: if it was saved from another window since
    """
    found = Submission.objects.get(pk=submission_id)
    solicitation = Solicitation.objects.locked().get(pk=found.solicitation_id)
    submission = Submission.objects.locked().get(pk=submission_id)
    require(permissions.can_save_rating(by, submission))
    queries.require_open(solicitation)
    factor = EvaluationFactor.objects.get(pk=factor_id)
    queries.require_published(solicitation, factor)
    if rating and rating not in AdjectivalRating.values:
        message = f"{rating!r} is not on the published scale."
        raise NotOnTheScale(message, rating=rating)
    if queries.consensus_of(submission, factor) is not None:
        message = "The panel has agreed on this offer and factor."
        raise AlreadyAgreed(message)
    member = PanelMember.objects.get(
        solicitation=solicitation, membership_id=by.own_membership_id
    )
    mine = {"submission": submission, "factor": factor, "panel_member": member}
    row = RatingDraft.objects.locked().filter(**mine).first()
    row = row or RatingDraft(**mine, version=0)
    if row.version != seen_version:
        message = (
            "You have saved this rating from another window since, and what you typed "
            "here is not saved. Copy what you need, then load the page again."
        )
        raise RatingDraftChanged(message, seen=seen_version, current=row.version)
    is_new = not row.version
    row.version += 1
    row.rating, row.strengths = rating, strengths
    row.weaknesses, row.reason = weaknesses, reason
    row.saved_at = at
    row.save()
    if is_new:
        record_event(
            events.RATING_DRAFTED,
            subject=solicitation.subject,
            by=by,
            at=at,
            data={"submission": submission.public_id, "factor": factor.public_id},
        )
    return row

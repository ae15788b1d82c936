"""Lock one's own ratings of an offer."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.evaluations import events, permissions, queries
from contracting.evaluations.models import PanelMember, RatingLock
from contracting.evaluations.refusals import AlreadyLocked, RatingsMissing
from contracting.solicitations.models import Solicitation
from contracting.submissions.models import Submission


@transaction.atomic
def lock_ratings(*, submission_id: int, by: Actor, at: datetime) -> RatingLock:
    """Make one's own ratings of an offer final; then the others' are shown.

    What is revised later stands beside the locked rating, with its reason
    (FAR 15.305(a), 4.803(a)).

    :raises NotAllowed: unless ``by`` is a designated evaluator who has declared
    :raises NotOpened: once the solicitation is cancelled or awarded
    :raises AlreadyLocked: if they are
    :raises RatingsMissing: if a published factor is not rated yet
    """
    found = Submission.objects.get(pk=submission_id)
    solicitation = Solicitation.objects.locked().get(pk=found.solicitation_id)
    submission = Submission.objects.locked().get(pk=submission_id)
    require(permissions.can_lock_ratings(by, submission))
    queries.require_open(solicitation)
    member = PanelMember.objects.get(
        solicitation=solicitation, membership_id=by.own_membership_id
    )
    if queries.has_locked(member, submission):
        message = "You have locked your ratings of this offer already."
        raise AlreadyLocked(message)
    left = [factor.name for factor in queries.factors_left(member, submission)]
    if left:
        message = f"Rate every factor first; still to come: {', '.join(left)}."
        raise RatingsMissing(message, factors=left)
    lock = RatingLock.objects.create(
        submission=submission, panel_member=member, locked_at=at
    )
    record_event(
        events.RATINGS_LOCKED,
        subject=solicitation.subject,
        by=by,
        at=at,
        data={"submission": submission.public_id},
    )
    return lock

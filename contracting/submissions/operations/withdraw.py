"""Withdraw an offer."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.solicitations.models import Solicitation
from contracting.submissions import events, permissions
from contracting.submissions.models import ContentKeyWrap, Submission
from contracting.submissions.queries import (
    deadline_of,
    hold_receiving,
    require_not_closed,
)
from contracting.submissions.refusals import DeadlinePassed
from contracting.submissions.states import SubmissionState


@transaction.atomic
def withdraw_submission(*, submission_id: int, by: Actor, at: datetime) -> Submission:
    """Take the offer back: what was received is kept, and can never be read.

    The key of every version is deleted, to the box and to the vendor's own offer key,
    and who handed it in; receipts, hashes and
    sealed bytes stay. A notice would say who had offered: there is none.

    :raises NotAllowed: if ``by`` is not a signer of this vendor
    :raises DeadlinePassed: after the deadline (R-SUB-04, FAR 52.212-1(f))
    :raises ReceiptsClosed: if it is stamped in time and receipts were closed
    :raises IllegalMove: unless the offer is submitted
    """
    found = Submission.objects.get(pk=submission_id)
    hold_receiving(found.solicitation_id)
    solicitation = Solicitation.objects.locked().get(pk=found.solicitation_id)
    submission = Submission.objects.locked().get(pk=submission_id)
    require(permissions.can_withdraw_submission(by, submission))
    if at > deadline_of(solicitation):
        word = solicitation.a_response
        message = f"The deadline has passed: {word} can no longer be withdrawn."
        raise DeadlinePassed(message, deadline=solicitation.deadline)
    require_not_closed(solicitation, at)
    submission.move_to(SubmissionState.WITHDRAWN)
    wraps = ContentKeyWrap.objects.filter(version__submission=submission)
    unreadable, _of_each = wraps.delete()
    record_event(
        events.SUBMISSION_WITHDRAWN,
        subject=submission.subject,
        by=submission.recorded(by),
        at=at,
        data={
            "solicitation": solicitation.public_id,
            "versions": submission.versions.count(),
            "keys_deleted": unreadable,
        },
    )
    return submission

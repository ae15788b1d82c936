"""Reject the offer of a vendor that was found not responsible."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.evaluations import calculations, events, permissions, queries
from contracting.evaluations.models import OfferRejection
from contracting.evaluations.refusals import FindingIncomplete
from contracting.evaluations.standing.responsibility import (
    finding_of,
    rejection_of,
    require_referred,
)
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.solicitations.models import Solicitation
from contracting.submissions.models import Submission


@transaction.atomic
def reject_offer(
    *, submission_id: int, reason: str, by: Actor, at: datetime
) -> OfferRejection:
    """Take an offer out of the competition for want of responsibility (FAR 9.103(b)).

    A small business is rejected only after its referral, once the certificate is
    denied or its days are over (FAR 19.602, R-EVL-09). It cannot be taken back.

    :param reason: what the vendor is told
    :raises NotAllowed: unless ``by`` is a contracting officer of the agency
    :raises NotOpened: before the opening, and once it is awarded or cancelled
    :raises FindingIncomplete: without a finding or a reason, or a second time
    :raises CertificateAwaited: for a small business before that (R-EVL-09)
    """
    found = Submission.objects.get(pk=submission_id)
    solicitation = Solicitation.objects.locked().get(pk=found.solicitation_id)
    submission = Submission.objects.locked().get(pk=submission_id)
    require(permissions.can_reject_offer(by, solicitation))
    queries.require_open(solicitation)
    if finding_of(submission) is None or rejection_of(submission) is not None:
        message = "Only a vendor that was found not responsible is rejected, once."
        raise FindingIncomplete(message)
    if not calculations.has_words(reason):
        message = "Say why the offer is rejected; the vendor reads it."
        raise FindingIncomplete(message)
    require_referred(submission, at)
    rejection = OfferRejection.objects.create(
        submission=submission,
        reason=reason.strip(),
        rejected_by_id=by.own_membership_id,
        rejected_at=at,
    )
    post_notice(
        recipients=[Recipient(organization_id=submission.vendor_id)],
        subject=solicitation.subject,
        title=f"Your {submission.offer_words} on {solicitation.piid} is rejected",
        body=rejection.reason,
        url_path=f"/submissions/{submission.public_id}",
        by=by,
        at=at,
    )
    record_event(
        events.OFFER_REJECTED,
        subject=solicitation.subject,
        by=by,
        at=at,
        data={
            "rule": "R-EVL-09",
            "submission": submission.public_id,
            "reason": rejection.reason,
        },
    )
    return rejection

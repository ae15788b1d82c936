"""Record what the Small Business Administration decided."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.evaluations import events, permissions, queries
from contracting.evaluations.models import CertificateOutcome
from contracting.evaluations.refusals import ReferralUnfit
from contracting.evaluations.standing.responsibility import (
    outcome_of,
    referral_of,
    rejection_of,
)
from contracting.solicitations.models import Solicitation
from contracting.submissions.models import Submission


@transaction.atomic
def record_certificate(
    *,
    submission_id: int,
    is_issued: bool,
    reference: str,
    decided_on: date,
    by: Actor,
    at: datetime,
) -> CertificateOutcome:
    """Record that a certificate of competency was issued, or denied (FAR 19.602-4).

    With a certificate the vendor is responsible and may be awarded; without one its
    offer may be rejected (R-EVL-09).

    :param reference: the number of the certificate or of the letter
    :raises NotAllowed: unless ``by`` is a contracting officer of the agency
    :raises NotOpened: before the opening, and once it is awarded or cancelled
    :raises ReferralUnfit: without a referral, a second time, after the rejection, or
        without a reference or with a day that does not fit (R-EVL-09)
    """
    found = Submission.objects.get(pk=submission_id)
    solicitation = Solicitation.objects.locked().get(pk=found.solicitation_id)
    submission = Submission.objects.locked().get(pk=submission_id)
    require(permissions.can_record_certificate(by, solicitation))
    queries.require_open(solicitation)
    referral = referral_of(submission)
    if referral is None:
        message = "Nothing was referred that could be decided."
        raise ReferralUnfit(message)
    if outcome_of(submission) is not None or rejection_of(submission) is not None:
        message = "The referral is decided, or the offer is rejected, already."
        raise ReferralUnfit(message)
    fits = referral.received_on <= decided_on <= solicitation.agency.local_day(at)
    if not reference.strip() or not fits:
        message = "Give the number of the decision, and its day since the referral."
        raise ReferralUnfit(message)
    outcome = CertificateOutcome.objects.create(
        referral=referral,
        is_issued=is_issued,
        reference=reference.strip(),
        decided_on=decided_on,
        recorded_by_id=by.own_membership_id,
        filed_at=at,
    )
    record_event(
        events.CERTIFICATE_RECORDED,
        subject=solicitation.subject,
        by=by,
        at=at,
        data={
            "rule": "R-EVL-09",
            "submission": submission.public_id,
            "is_issued": is_issued,
            "reference": outcome.reference,
            "decided_on": decided_on,
        },
    )
    return outcome

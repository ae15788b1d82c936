"""Keep a vendor's registration as it stood."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.evaluations import events
from contracting.evaluations.models import RegistrationSnapshot
from contracting.evaluations.standing.registration import (
    registration_at,
    snapshot_of,
)
from contracting.evaluations.states import Occasion
from contracting.submissions.models import Submission


@transaction.atomic
def keep_registration(
    *,
    submission_id: int,
    occasion: str = Occasion.SUBMISSION,
    by: Actor,
    at: datetime,
) -> RegistrationSnapshot:
    """Write down what the extracts say of the vendor of an opened offer (R-SUB-06).

    A step of the opening, which keeps the registration as of the receipt, and of the
    award, which keeps it as of the signature. It is kept once on each occasion.
    """
    submission = Submission.objects.select_related("solicitation", "vendor").get(
        pk=submission_id
    )
    kept = snapshot_of(submission, occasion)
    if kept is not None:
        return kept
    is_award = occasion == Occasion.AWARD
    as_of = at if is_award else submission.opened_offer.version.received_at
    found = registration_at(submission, as_of)
    snapshot = RegistrationSnapshot.objects.create(
        submission=submission,
        occasion=occasion,
        status=found.status,
        as_of=as_of,
        uei=submission.vendor.uei,
        extract=found.extract,
        registered_until=found.record.registered_until if found.record else None,
        exclusion=found.record.exclusion if found.record else "",
        kept_at=at,
    )
    record_event(
        events.REGISTRATION_KEPT,
        subject=submission.solicitation.subject,
        by=by,
        at=at,
        data={
            "rule": "R-SUB-06",
            "submission": submission.public_id,
            "occasion": snapshot.occasion,
            "status": snapshot.status,
            "as_of": as_of,
            "extract": found.extract.sha256 if found.extract else None,
            "registered_until": snapshot.registered_until,
        },
    )
    return snapshot

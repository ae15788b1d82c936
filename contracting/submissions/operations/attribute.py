"""Name who has handed in an offer: a step of every opening."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import SYSTEM, Actor
from contracting.core.permissions import require
from contracting.submissions import events, permissions
from contracting.submissions.models import Attribution, Submission
from contracting.submissions.refusals import SealBroken
from contracting.submissions.sealing.offerors import Offeror, pseudonym_of


@transaction.atomic
def attribute_submission(
    *, submission_id: int, version_id: int, offeror: Offeror, by: Actor, at: datetime
) -> Attribution:
    """Write down in the clear who has handed in a version, and so the submission.

    :param offeror: as the sealed part of the version names it, or, of what arrives
        after the opening, as it was handed in
    :raises NotAllowed: before the offers were opened (R-SUB-03)
    :raises SealBroken: if the pseudonym of the submission is another offeror's
    """
    submission = Submission.objects.locked().get(pk=submission_id)
    require(permissions.can_attribute_submission(by, submission))
    solicitation = submission.solicitation.public_id
    if pseudonym_of(solicitation, offeror.organization) != submission.pseudonym:
        message = (
            "The offeror that is named inside a sealed offer is not the one that bears "
            "its pseudonym: rows were exchanged, or SEALING_KEY is another one than it "
            "was. Nothing was opened."
        )
        raise SealBroken(message, submission=submission.public_id)
    attribution = Attribution.objects.create(
        version=submission.versions.get(pk=version_id),
        vendor_id=offeror.organization,
        submitted_by_id=offeror.membership,
        registration=offeror.registration,
        attributed_at=at,
    )
    if submission.vendor_id is None:
        submission.vendor = attribution.vendor
        submission.save(update_fields=["vendor"])
    record_event(
        events.SUBMISSION_ATTRIBUTED,
        subject=submission.subject,
        by=SYSTEM,
        at=at,
        data={
            "receipt": attribution.version.public_id,
            "pseudonym": submission.pseudonym,
            "vendor": attribution.vendor.public_id,
            "submitted_by": attribution.submitted_by.public_id,
        },
    )
    return attribution

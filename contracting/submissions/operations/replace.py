"""Replace an offer by a later version."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.errors import IllegalMove
from contracting.core.permissions import require
from contracting.solicitations.models import Solicitation
from contracting.submissions import events, permissions
from contracting.submissions.calculations import Offer, require_alternate_taken
from contracting.submissions.models import Submission
from contracting.submissions.operations.receive import receive_version
from contracting.submissions.queries import deadline_of, hold_receiving
from contracting.submissions.refusals import DeadlinePassed
from contracting.submissions.sealing.offers import SealedOffer
from contracting.submissions.states import SubmissionState


@transaction.atomic
def replace_submission(
    *,
    submission_id: int,
    offer: Offer | SealedOffer,
    acknowledged: Sequence[str],
    by: Actor,
    at: datetime,
    first_byte_at: datetime | None = None,
) -> Submission:
    """Hand in a later version; every version is kept, the last one counts.

    :param first_byte_at: when its first byte came, if that was recorded by itself
    :raises NotAllowed: if ``by`` is not a signer of this vendor
    :raises AlternateNotTaken: for an alternate, if it is taken no more (R-SUB-10)
    :raises DeadlinePassed: after the deadline (R-SUB-04, FAR 52.212-1(f))
    :raises IllegalMove: if the offer was withdrawn; then it is submitted again
    :raises ReceiptsClosed: if it is stamped in time and receipts were closed
    :raises AmendmentNotAcknowledged: unless exactly the issued amendments are named
    :raises OfferIncomplete: unless every line has one price
    :raises ModelUnfit: unless each CLIN has one model, authorized for its boundary
    :raises NotReceiptable: for an empty file, two files of one name, or sealed bytes
        that are no offer
    :raises SealedElsewhere: if the vendor has sealed it as another version
    :raises KeySwapped: if the vendor has sealed it to another key
    """
    found = Submission.objects.get(pk=submission_id)
    hold_receiving(found.solicitation_id)
    solicitation = Solicitation.objects.locked().get(pk=found.solicitation_id)
    submission = Submission.objects.locked().get(pk=submission_id)
    require(permissions.can_replace_submission(by, submission))
    a_response = solicitation.a_response
    if at > deadline_of(solicitation):
        message = f"The deadline has passed: {a_response} can no longer be replaced."
        raise DeadlinePassed(message, deadline=solicitation.deadline)
    if submission.state != SubmissionState.SUBMITTED:
        message = f"Only {a_response} that is submitted can be replaced."
        raise IllegalMove(message, source=submission.state)
    require_alternate_taken(solicitation, submission.pseudonym, submission.alternate)
    version = receive_version(
        submission_id=submission.pk,
        offer=offer,
        acknowledged=acknowledged,
        by=by,
        at=at,
        first_byte_at=first_byte_at,
    )
    record_event(
        events.SUBMISSION_REPLACED,
        subject=submission.subject,
        by=submission.recorded(by),
        at=at,
        data={"receipt": version.public_id, "version": version.number},
    )
    return submission

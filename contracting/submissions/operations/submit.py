"""Hand in an offer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.identifiers import is_public_id
from contracting.core.models import new_public_id
from contracting.core.permissions import require
from contracting.solicitations.models import Solicitation
from contracting.solicitations.states import SolicitationState
from contracting.submissions import events, permissions
from contracting.submissions.calculations import Offer, require_alternate_taken
from contracting.submissions.health.models import BegunUpload
from contracting.submissions.models import Submission
from contracting.submissions.operations.receive import receive_version
from contracting.submissions.queries import deadline_of, hold_receiving
from contracting.submissions.refusals import AlreadyOpened, AlreadySubmitted
from contracting.submissions.sealing.offerors import pseudonym_of
from contracting.submissions.sealing.offers import SealedOffer
from contracting.submissions.states import SubmissionState


@transaction.atomic
def submit_submission(
    *,
    solicitation_id: int,
    offer: Offer | SealedOffer,
    acknowledged: Sequence[str],
    by: Actor,
    at: datetime,
    alternate: int = 0,
    begun_at: datetime | None = None,
    first_byte_at: datetime | None = None,
) -> Submission:
    """Hand in a vendor's offer, or hand it in again after it was withdrawn.

    Up to the deadline the offer is in time. Later it is still received, sealed and
    receipted, goes into quarantine and is not considered (FAR 15.208(b), R-SUB-01).
    Beside its base offer a vendor hands in numbered alternates, where they are taken;
    each is a submission of its own (FAR 52.212-1(e), R-SUB-10).

    :param alternate: which alternate it is; 0 for the base offer
    :param acknowledged: the numbers of all amendments, such as ``["0001"]``
    :param begun_at: when the first byte came of what was not whole at the deadline, if
        that is known; kept for an offer that was begun in time and is late (R-SUB-08)
    :param first_byte_at: when its first byte came, if that was recorded by itself
    :raises NotAllowed: if ``by`` is not a signer of a vendor
    :raises AlternateNotTaken: for an alternate that is not taken, or that skips a
        number (R-SUB-10)
    :raises AlreadySubmitted: if there is an offer, which can be replaced
    :raises AlreadyOpened: if the offers were opened while this one was on its way
    :raises ReceiptsClosed: if it is stamped in time and receipts were closed
    :raises AmendmentNotAcknowledged: unless exactly the issued amendments are named
    :raises OfferIncomplete: unless every line has one price
    :raises ModelUnfit: unless each CLIN has one model, authorized for its boundary
    :raises NotReceiptable: for an empty file, two files of one name, or sealed bytes
        that are no offer
    :raises OverLimits: for more than the solicitation takes
    :raises SealedElsewhere: if the vendor has sealed it as another version
    :raises KeySwapped: if the vendor has sealed it to another key
    """
    hold_receiving(solicitation_id)
    solicitation = Solicitation.objects.locked().get(pk=solicitation_id)
    require(permissions.can_submit_submission(by, solicitation))
    is_late = at > deadline_of(solicitation)
    pseudonym = pseudonym_of(solicitation.public_id, by.own_organization_id)
    submission = (
        Submission.objects.locked()
        .filter(solicitation=solicitation, pseudonym=pseudonym, alternate=alternate)
        .first()
    )
    require_alternate_taken(solicitation, pseudonym, alternate)
    _require_room(solicitation, submission, is_late=is_late)
    target = SubmissionState.LATE if is_late else SubmissionState.SUBMITTED
    if submission is None:
        submission = Submission.objects.create(
            public_id=_public_id(offer),
            solicitation=solicitation,
            pseudonym=pseudonym,
            alternate=alternate,
            state=target,
        )
    elif submission.state == SubmissionState.WITHDRAWN:
        submission.move_to(target)
    version = receive_version(
        submission_id=submission.pk,
        offer=offer,
        acknowledged=acknowledged,
        by=by,
        at=at,
        first_byte_at=first_byte_at,
    )
    submission.refresh_from_db()
    if is_late and begun_at is not None and begun_at <= deadline_of(solicitation):
        BegunUpload.objects.create(version=version, begun_at=begun_at)
    record_event(
        events.SUBMISSION_LATE if is_late else events.SUBMISSION_SUBMITTED,
        subject=submission.subject,
        by=submission.recorded(by),
        at=at,
        data={
            "solicitation": solicitation.public_id,
            "receipt": version.public_id,
            "alternate": alternate,
            "state": submission.state,
            "deadline": solicitation.deadline,
        },
    )
    return submission


def _public_id(offer: Offer | SealedOffer) -> str:
    """A new one, or the one to which a sealed offer is bound, if nobody has it."""
    new = new_public_id(Submission.PREFIX)
    if not isinstance(offer, SealedOffer):
        return new
    is_like_one = is_public_id(offer.submission, Submission.PREFIX)
    taken = Submission.objects.filter(public_id=offer.submission).exists()
    return new if taken or not is_like_one else offer.submission


def _require_room(
    solicitation: Solicitation, submission: Submission | None, *, is_late: bool
) -> None:
    if is_late:
        return
    word = solicitation.response
    if solicitation.state != SolicitationState.RELEASED:
        message = f"The {word}s were opened while yours was on its way."
        raise AlreadyOpened(message)
    if submission is not None and submission.state == SubmissionState.SUBMITTED:
        message = f"Your {word} is here already. Replace it to change it."
        raise AlreadySubmitted(message, submission=submission.public_id)

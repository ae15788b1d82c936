"""Open a late offer that was admitted, by a quorum of its own."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.solicitations.models import Solicitation
from contracting.submissions import events, permissions
from contracting.submissions.models import LateAdmission, Opening, Submission
from contracting.submissions.operations.give import give_share
from contracting.submissions.operations.lay_open import lay_open_submission
from contracting.submissions.states import OpeningPurpose


@transaction.atomic
def open_late_submission(
    *,
    submission_id: int,
    passphrase: str = "",
    share: bytes = b"",
    by: Actor,
    at: datetime,
) -> Submission:
    """Give a share to the opening of one late offer; the last one lays it open.

    The opening of the offers in time has discarded the key of the box: it takes as many
    openers again.

    :param share: the opened share, in place of the passphrase
    :raises NotAllowed: unless it is admitted and ``by`` is an opener of the box who has
        not given a share to this opening (R-SUB-02, R-SUB-03)
    :raises AlreadyOpened: if it was opened before
    :raises WrongPassphrase: if the passphrase does not give the opener's key back
    :raises ShareAltered: if a share is not the one that was committed to
    :raises SealBroken: if sealed bytes were altered or moved
    """
    found = Submission.objects.get(pk=submission_id)
    solicitation = Solicitation.objects.locked().get(pk=found.solicitation_id)
    submission = Submission.objects.locked().get(pk=submission_id)
    require(permissions.can_open_late_submission(by, submission))
    admission = LateAdmission.objects.get(version__submission=submission)
    opening, _is_new = Opening.objects.get_or_create(
        admission=admission,
        defaults={
            "box_id": admission.version.key_wrap.box_id,
            "purpose": OpeningPurpose.LATE,
            "solicitation": solicitation,
            "begun_at": at,
        },
    )
    private = give_share(
        opening_id=opening.pk, passphrase=passphrase, share=share, by=by, at=at
    )
    if private is None:
        return submission
    offer = lay_open_submission(
        submission_id=submission.pk, private=private, by=by, at=at
    )
    record_event(
        events.LATE_SUBMISSION_OPENED,
        subject=solicitation.subject,
        by=by,
        at=at,
        data={
            "submission": submission.public_id,
            "receipt": offer.version.public_id,
            "content_sha256": offer.version.plain_sha256,
        },
    )
    submission.refresh_from_db()
    return submission

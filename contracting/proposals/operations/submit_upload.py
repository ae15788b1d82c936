"""Hand in an offer that was sealed before it was sent, and has come in pieces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256 as sha256_of

from django.db import transaction

from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.proposals import permissions, pieces
from contracting.proposals.models import DraftUpload
from contracting.proposals.pieces import get_upload_for, no_upload
from contracting.proposals.refusals import UploadDamaged, UploadMisplaced
from contracting.proposals.states import UploadKind
from contracting.solicitations.models import Solicitation
from contracting.submissions.models import Submission
from contracting.submissions.operations.replace import replace_submission
from contracting.submissions.operations.submit import submit_submission
from contracting.submissions.queries import (
    deadline_of,
    hold_receiving,
    submission_of,
)
from contracting.submissions.sealing.offers import SealedOffer
from contracting.submissions.states import SubmissionState


@transaction.atomic
def submit_upload(
    *,
    solicitation_id: int,
    upload: str,
    told: SealedOffer,
    sha256: str,
    acknowledged: Sequence[str],
    by: Actor,
    at: datetime,
    alternate: int = 0,
) -> Submission:
    """Put the pieces together in memory, and hand in the offer that they are.

    It is received as one that comes in one request; an offer that is here already is
    replaced. The pieces are deleted with it. The receipt says when the first of them
    began to come; what was begun in time, and was not all here at the deadline, is
    kept as such for the contracting officer (R-SUB-08).

    :param upload: its public id
    :param told: what is told of the offer, without its bytes
    :param sha256: of the sealed bytes, in hexadecimal, as they were sealed
    :raises NotVisible: if there is no such upload of this vendor, or no longer
    :raises NotAllowed: if ``by`` is not a signer of the vendor
    :raises UploadMisplaced: if bytes are missing, or it is a file of a draft
    :raises UploadDamaged: if what has come is not what was sealed
    :raises DeadlinePassed: if an offer is here, and none replaces it any more

    It raises whatever :func:`submit_submission` does for a sealed offer.
    """
    hold_receiving(solicitation_id)
    solicitation = Solicitation.objects.locked().get(pk=solicitation_id)
    found = get_upload_for(by, solicitation, upload, alternate)
    row = DraftUpload.objects.locked().filter(pk=found.pk).first()
    require(permissions.can_submit_upload(by, solicitation))
    if row is None:
        raise no_upload()
    if row.kind != UploadKind.SEALED_OFFER:
        message = "It is a file of a draft, and no offer: complete it."
        raise UploadMisplaced(message, offset=row.offset)
    pieces.require_come(row)
    whole = pieces.put_together(row)
    if sha256_of(whole).hexdigest() != sha256:
        message = (
            "The sealed bytes were damaged on their way. Nothing was handed in. Hand "
            "in once more."
        )
        raise UploadDamaged(message)
    offer = replace(told, sealed=whole)
    mine = submission_of(by, solicitation, alternate)
    if mine is not None and mine.state == SubmissionState.SUBMITTED:
        submission = replace_submission(
            submission_id=mine.pk,
            offer=offer,
            acknowledged=acknowledged,
            by=by,
            at=at,
            first_byte_at=row.begun_at,
        )
    else:
        submission = submit_submission(
            solicitation_id=solicitation.pk,
            offer=offer,
            acknowledged=acknowledged,
            by=by,
            at=at,
            alternate=alternate,
            begun_at=_begun_across(row, deadline_of(solicitation)),
            first_byte_at=row.begun_at,
        )
    row.erase()
    return submission


def _begun_across(row: DraftUpload, deadline: datetime) -> datetime | None:
    """When its first byte came, unless the last one had come by the deadline."""
    if row.whole_at is None or row.whole_at <= deadline:
        return None
    return row.begun_at

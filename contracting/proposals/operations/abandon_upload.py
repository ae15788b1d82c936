"""Give up a file that is on its way to a draft."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.proposals import events, permissions
from contracting.proposals.models import DraftUpload
from contracting.proposals.pieces import get_upload_for, offeror_of_uploads
from contracting.proposals.refusals import UploadMisplaced
from contracting.solicitations.models import Solicitation


@transaction.atomic
def abandon_upload(
    *, solicitation_id: int, upload: str, by: Actor, at: datetime, alternate: int = 0
) -> None:
    """Delete what has come of the file, for good; what is in the draft stays there.

    :param upload: its public id
    :raises NotVisible: if there is no such upload of this vendor
    :raises NotAllowed: if ``by`` may not attach such a file
    :raises UploadMisplaced: if the file is in the draft, from which it is detached
    """
    solicitation = Solicitation.objects.get(pk=solicitation_id)
    found = get_upload_for(by, solicitation, upload, alternate)
    row = DraftUpload.objects.locked().filter(pk=found.pk).first()
    require(permissions.can_abandon_upload(by, solicitation, kind=found.of_kind))
    if row is None:
        return
    if row.completed_at is not None:
        message = "The file is in the draft already. Remove it there."
        raise UploadMisplaced(message, offset=row.offset)
    subject = row.subject
    row.erase()
    record_event(
        events.UPLOAD_ABANDONED,
        subject=subject,
        by=offeror_of_uploads(by, solicitation),
        at=at,
    )

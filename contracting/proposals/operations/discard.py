"""Delete a draft."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.proposals import events, permissions
from contracting.proposals.models import Draft, DraftUpload, SealedDraft
from contracting.proposals.pieces import offeror_of_uploads
from contracting.proposals.queries import place_of
from contracting.solicitations.models import Solicitation


@transaction.atomic
def discard_draft(
    *, solicitation_id: int, by: Actor, at: datetime, alternate: int = 0
) -> None:
    """Delete the vendor's draft with its parts, its files and its key, for good.

    What a browser has sealed of it goes too, and what is on its way to it. There is no
    way back. Where there is nothing, nothing happens.

    :raises NotAllowed: if ``by`` is not a member or signer of a vendor
    """
    solicitation = Solicitation.objects.get(pk=solicitation_id)
    place = place_of(solicitation, by.organization_id, alternate)
    uploads = list(DraftUpload.objects.locked().filter(place=place))
    draft = Draft.objects.locked().filter(place=place).first()
    require(permissions.can_discard_draft(by, solicitation))
    sealed = SealedDraft.objects.locked().filter(place=place).first()
    ended = [each.subject for each in uploads if each.completed_at is None]
    for upload in uploads:
        upload.erase()
    for each in ended:
        record_event(
            events.UPLOAD_ABANDONED,
            subject=each,
            by=offeror_of_uploads(by, solicitation),
            at=at,
        )
    kept = draft or sealed
    if kept is None:
        return
    subject = kept.subject_of(by.own_organization_id)
    if sealed is not None:
        sealed.erase()
    if draft is not None:
        draft.erase()
    record_event(events.DRAFT_DISCARDED, subject=subject, by=by, at=at)

"""Delete a draft."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.proposals import events, permissions
from contracting.proposals.models import Draft, SealedDraft
from contracting.proposals.queries import place_of
from contracting.solicitations.models import Solicitation


@transaction.atomic
def discard_draft(
    *, solicitation_id: int, by: Actor, at: datetime, alternate: int = 0
) -> None:
    """Delete the vendor's draft with its parts, its files and its key, for good.

    What a browser has sealed of it goes too. There is no way back. Where there is no
    draft nothing happens.

    :raises NotAllowed: if ``by`` is not a member or signer of a vendor
    """
    solicitation = Solicitation.objects.get(pk=solicitation_id)
    place = place_of(solicitation, by.organization_id, alternate)
    draft = Draft.objects.locked().filter(place=place).first()
    require(permissions.can_discard_draft(by, solicitation))
    sealed = SealedDraft.objects.locked().filter(place=place).first()
    kept = draft or sealed
    if kept is None:
        return
    subject = kept.subject_of(by.own_organization_id)
    if sealed is not None:
        sealed.erase()
    if draft is not None:
        draft.erase()
    record_event(events.DRAFT_DISCARDED, subject=subject, by=by, at=at)

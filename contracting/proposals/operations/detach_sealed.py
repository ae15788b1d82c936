"""Take a file out of a draft that a browser has sealed."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.proposals import events, permissions
from contracting.proposals.models import SealedDraft
from contracting.proposals.queries import place_of
from contracting.proposals.refusals import DraftClosed
from contracting.solicitations.models import Solicitation
from contracting.submissions.calculations import is_past


@transaction.atomic
def detach_sealed_file(
    *, solicitation_id: int, file: str, by: Actor, at: datetime, alternate: int = 0
) -> None:
    """Delete one file of the vendor's sealed draft; one that is gone stays gone.

    :param file: its public id
    :raises NotAllowed: if ``by`` is not a member or signer of a vendor who holds its
        offer key
    :raises DraftClosed: after the deadline
    """
    solicitation = Solicitation.objects.get(pk=solicitation_id)
    place = place_of(solicitation, by.organization_id, alternate)
    draft = SealedDraft.objects.locked().filter(place=place).first()
    require(permissions.can_detach_sealed_file(by, solicitation))
    if is_past(solicitation, at):
        message = "The deadline has passed: the draft is no longer changed."
        raise DraftClosed(message, deadline=solicitation.deadline)
    if draft is None:
        return
    deleted, _by_model = draft.files.filter(public_id=file).delete()
    if deleted:
        record_event(
            events.DRAFT_FILE_DETACHED,
            subject=draft.subject_of(by.own_organization_id),
            by=by,
            at=at,
        )

"""Take a file out of a draft."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.proposals import events, permissions
from contracting.proposals.models import Draft
from contracting.proposals.operations.begin import begin_draft
from contracting.proposals.queries import place_of
from contracting.solicitations.models import Solicitation


@transaction.atomic
def detach_draft_file(
    *, solicitation_id: int, file: str, by: Actor, at: datetime, alternate: int = 0
) -> Draft:
    """Delete one file of the vendor's draft; one that is gone already stays gone.

    :param file: its public id
    :raises NotAllowed: if ``by`` is not a member or signer of a vendor
    :raises DraftClosed: after the deadline
    """
    solicitation = Solicitation.objects.get(pk=solicitation_id)
    place = place_of(solicitation, by.organization_id, alternate)
    Draft.objects.locked().filter(place=place).first()
    require(permissions.can_detach_draft_file(by, solicitation))
    draft = begin_draft(
        solicitation_id=solicitation.pk, by=by, at=at, alternate=alternate
    )
    deleted, _by_model = draft.files.filter(public_id=file).delete()
    if deleted:
        record_event(
            events.DRAFT_FILE_DETACHED,
            subject=draft.subject_of(by.own_organization_id),
            by=by,
            at=at,
        )
    return draft

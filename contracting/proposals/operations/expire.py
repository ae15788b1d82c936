"""Delete drafts that nobody can submit any more."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.proposals import events, permissions
from contracting.proposals.models import (
    Draft,
    DraftFile,
    DraftPart,
    SealedDraft,
    SealedDraftFile,
)
from contracting.proposals.queries import places_of_expired


@transaction.atomic
def expire_drafts(*, by: Actor, at: datetime) -> int:
    """Delete every draft whose deadline passed thirty days ago or more, for good.

    A row does not tell to whom and what it belongs: the places of all vendors on the
    solicitations that ended lately are computed and looked for.

    :returns: how many were deleted
    :raises NotAllowed: unless ``by`` is the system
    """
    places = places_of_expired(at)
    drafts = list(Draft.objects.locked().filter(place__in=places))
    require(permissions.can_expire_drafts(by))
    sealed = list(SealedDraft.objects.locked().filter(place__in=places))
    both: list[Draft | SealedDraft] = [*drafts, *sealed]
    subjects = [draft.subject_of(places[draft.place]) for draft in both]
    DraftPart.objects.filter(draft__in=drafts).delete()
    DraftFile.objects.filter(draft__in=drafts).delete()
    Draft.objects.filter(pk__in=[draft.pk for draft in drafts]).delete()
    SealedDraftFile.objects.filter(draft__in=sealed).delete()
    SealedDraft.objects.filter(pk__in=[draft.pk for draft in sealed]).delete()
    for subject in subjects:
        record_event(events.DRAFT_EXPIRED, subject=subject, by=by, at=at)
    return len(subjects)

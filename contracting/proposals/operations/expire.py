"""Delete drafts that nobody can submit any more."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.proposals import events, permissions, pieces
from contracting.proposals.models import (
    Draft,
    DraftFile,
    DraftPart,
    DraftUpload,
    SealedDraft,
    SealedDraftFile,
    UploadPiece,
)
from contracting.proposals.queries import places_of_expired


@transaction.atomic
def expire_drafts(*, by: Actor, at: datetime) -> int:
    """Delete every draft whose deadline passed thirty days ago or more, for good.

    A row does not tell to whom and what it belongs: the places of all vendors on the
    solicitations that ended lately are computed and looked for. What has come of a
    file that was not completed within a day goes too.

    :returns: how many drafts were deleted
    :raises NotAllowed: unless ``by`` is the system
    """
    places = places_of_expired(at)
    left = at - pieces.UPLOAD_KEPT
    waiting = DraftUpload.objects.locked().filter(
        Q(completed_at=None, begun_at__lte=left) | Q(place__in=places)
    )
    uploads = list(waiting)
    drafts = list(Draft.objects.locked().filter(place__in=places))
    require(permissions.can_expire_drafts(by))
    sealed = list(SealedDraft.objects.locked().filter(place__in=places))
    both: list[Draft | SealedDraft] = [*drafts, *sealed]
    subjects = [draft.subject_of(places[draft.place]) for draft in both]
    DraftPart.objects.filter(draft__in=drafts).delete()
    DraftFile.objects.filter(draft__in=drafts).delete()
    UploadPiece.objects.filter(upload__in=uploads).delete()
    ended = [each.subject for each in uploads if each.completed_at is None]
    DraftUpload.objects.filter(pk__in=[each.pk for each in uploads]).delete()
    Draft.objects.filter(pk__in=[draft.pk for draft in drafts]).delete()
    SealedDraftFile.objects.filter(draft__in=sealed).delete()
    SealedDraft.objects.filter(pk__in=[draft.pk for draft in sealed]).delete()
    for subject in subjects:
        record_event(events.DRAFT_EXPIRED, subject=subject, by=by, at=at)
    for subject in ended:
        record_event(events.UPLOAD_EXPIRED, subject=subject, by=by, at=at)
    return len(subjects)

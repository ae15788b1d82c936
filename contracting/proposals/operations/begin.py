"""Begin a draft of an offer."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.models import new_public_id
from contracting.core.permissions import require
from contracting.proposals import events, permissions
from contracting.proposals.models import Draft
from contracting.proposals.queries import new_draft_key, place_of
from contracting.proposals.refusals import DraftClosed
from contracting.solicitations.models import Solicitation
from contracting.submissions.calculations import is_past, require_numbered


@transaction.atomic
def begin_draft(
    *,
    solicitation_id: int,
    by: Actor,
    at: datetime,
    alternate: int = 0,
    begun_at: datetime | None = None,
) -> Draft:
    """The vendor's draft on a solicitation, locked; a new, empty one if there is none.

    A vendor has one draft of its base offer, and one of each alternate that is taken.
    A row names neither vendor nor solicitation nor number.

    :param begun_at: when the first byte came of what is to be put in, if it was sent in
        pieces: that counts then, and not ``at``
    :raises NotAllowed: if ``by`` is not a member or signer of a vendor
    :raises DraftClosed: after the deadline
    :raises AlternateNotTaken: for an alternate beyond those that are taken (R-SUB-10)
    """
    solicitation = Solicitation.objects.get(pk=solicitation_id)
    place = place_of(solicitation, by.organization_id, alternate)
    found = Draft.objects.locked().filter(place=place).first()
    require(permissions.can_begin_draft(by, solicitation))
    if is_past(solicitation, begun_at or at):
        message = (
            "The deadline has passed: the draft is no longer changed, and this was not "
            "saved. Copy what you need. What was saved before is still here."
        )
        raise DraftClosed(message, deadline=solicitation.deadline)
    if found is not None:
        return found
    require_numbered(solicitation, alternate)
    draft = Draft(public_id=new_public_id(Draft.PREFIX), place=place)
    draft.wrapped_key = new_draft_key(draft)
    draft.save()
    record_event(
        events.DRAFT_BEGUN,
        subject=draft.subject_of(by.own_organization_id),
        by=by,
        at=at,
    )
    return draft

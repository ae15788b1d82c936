"""The contracting office makes a justification public."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.determinations import events, permissions
from contracting.determinations.models import Determination, Posting
from contracting.determinations.refusals import DeterminationIncomplete


@transaction.atomic
def post_determination(
    *, determination_id: int, place: str, posted_on: date, by: Actor, at: datetime
) -> Posting:
    """Record where and since when everybody reads a justification (FAR 6.305).

    From then on its words stand on the public page of what it is about.

    :param posted_on: not after the agency's day of ``at``
    :raises NotAllowed: if ``by`` is not of the contracting office, or it is no approved
        justification, or it was posted before
    :raises DeterminationIncomplete: without a place, or for a day that is yet to come
    """
    determination: Determination = (
        Determination.objects.locked().select_related("agency").get(pk=determination_id)
    )
    require(permissions.can_post_determination(by, determination))
    if not place.strip():
        message = "Say where it was posted: the id of the notice, or its address."
        raise DeterminationIncomplete(message, missing="place")
    if posted_on > determination.agency.local_day(at):
        message = "The day of posting is yet to come. Record it once it is posted."
        raise DeterminationIncomplete(message, missing="posted_on")
    posting = Posting.objects.create(
        determination=determination,
        place=place.strip(),
        posted_on=posted_on,
        posted_by_id=by.own_membership_id,
        posted_at=at,
    )
    record_event(
        events.DETERMINATION_POSTED,
        subject=determination.subject,
        by=by,
        at=at,
        data={"kind": determination.kind, "place": posting.place, "on": posted_on},
    )
    return posting

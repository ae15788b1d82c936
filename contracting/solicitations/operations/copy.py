"""The contracting office starts a package from an earlier one of its agency."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.requisitions.models import Requisition
from contracting.solicitations import calculations, events, permissions
from contracting.solicitations.models import Solicitation
from contracting.solicitations.operations.draft import draft_solicitation
from contracting.solicitations.publishing.copying import pattern_of, taken_from


@transaction.atomic
def copy_solicitation(
    *, solicitation_id: int, requisition_id: int, by: Actor, at: datetime
) -> Solicitation:
    """Start a package for another need with what an earlier one says.

    Taken are texts, lines with their workload, factors with their importance, papers
    of offers, and clauses in the version in force at ``at``. Dates, amounts, number,
    synopsis and limits of competition stay behind: they belong to the earlier buy. So
    do its questions, amendments and offers. What is prescribed today is added.

    :param solicitation_id: the earlier package, in whatever state
    :raises NotAllowed: if ``by`` is not of the contracting office of both, or the
        requisition is not submitted
    :raises RequisitionTaken: if a solicitation for the need is under way
    """
    requisition = Requisition.objects.locked().get(pk=requisition_id)
    earlier = Solicitation.objects.locked().get(pk=solicitation_id)
    require(permissions.can_copy_solicitation(by, earlier, requisition))
    on = requisition.agency.local_day(at)
    taken = taken_from(pattern_of(calculations.content(earlier)), on)
    made = draft_solicitation(requisition_id=requisition.pk, by=by, at=at, taken=taken)
    made.copied_from = earlier
    made.save(update_fields=["copied_from"])
    record_event(
        events.SOLICITATION_COPIED,
        subject=made.subject,
        by=by,
        at=at,
        data={
            "from": earlier.public_id,
            "from_name": earlier.name,
            "from_version": earlier.version,
            "from_content_sha256": earlier.content_sha256,
            **taken.told,
        },
    )
    return made

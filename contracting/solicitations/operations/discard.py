"""The contracting office gives up a draft."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.solicitations import events, permissions
from contracting.solicitations.models import Solicitation
from contracting.solicitations.states import SolicitationState


@transaction.atomic
def discard_solicitation(
    *, solicitation_id: int, by: Actor, at: datetime
) -> Solicitation:
    """Hide a draft for good; its requisition can be solicited again.

    :raises NotAllowed: if ``by`` is not of the contracting office, or it is no draft
    """
    solicitation = Solicitation.objects.locked().get(pk=solicitation_id)
    require(permissions.can_discard_solicitation(by, solicitation))
    solicitation.move_to(SolicitationState.DISCARDED)
    record_event(
        events.SOLICITATION_DISCARDED,
        subject=solicitation.subject,
        by=by,
        at=at,
        data={"title": solicitation.title, "version": solicitation.version},
    )
    return solicitation

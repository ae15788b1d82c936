"""The agency gives up a draft."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.market_research import events, permissions
from contracting.market_research.models import RequestForInformation
from contracting.market_research.states import RfiState


@transaction.atomic
def discard_rfi(*, rfi_id: int, by: Actor, at: datetime) -> RequestForInformation:
    """Hide a draft for good; its number is not used again.

    :raises NotAllowed: if ``by`` may not discard it, or it is no draft
    """
    rfi = RequestForInformation.objects.locked().get(pk=rfi_id)
    require(permissions.can_discard_rfi(by, rfi))
    rfi.move_to(RfiState.DISCARDED)
    record_event(
        events.RFI_DISCARDED,
        subject=rfi.subject,
        by=by,
        at=at,
        data={"number": rfi.number, "version": rfi.version},
    )
    return rfi

"""Give up the draft of a termination."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.terminations import events, permissions
from contracting.terminations.models import Termination
from contracting.terminations.operations.sign import _lock_termination
from contracting.terminations.states import TerminationState


@transaction.atomic
def discard_termination(*, termination_id: int, by: Actor, at: datetime) -> Termination:
    """Give it up before anybody signs; what it would have ended goes on.

    :raises NotAllowed: unless ``by`` is of the contracting office and it is a draft
    """
    termination = _lock_termination(termination_id)
    require(permissions.can_discard_termination(by, termination))
    termination.move_to(TerminationState.DISCARDED)
    record_event(
        events.TERMINATION_DISCARDED,
        subject=termination.subject,
        by=by,
        at=at,
        data={"about": termination.about},
    )
    return termination

"""Leave a record of an attempt to open a box that was refused."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.solicitations.models import Solicitation
from contracting.submissions import events


@transaction.atomic
def refuse_opening(
    *, solicitation_id: int, code: str, reason: str, by: Actor, at: datetime
) -> None:
    """Record who tried to open what, when, and why it was refused.

    The door calls it once the refusal has taken everything back, so that an attempt
    leaves this and nothing else.

    :param code: of the refusal, such as ``wrong_passphrase``
    """
    solicitation = Solicitation.objects.locked().get(pk=solicitation_id)
    record_event(
        events.OPENING_REFUSED,
        subject=solicitation.subject,
        by=by,
        at=at,
        data={"code": code, "reason": reason},
    )

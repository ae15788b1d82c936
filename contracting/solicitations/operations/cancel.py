"""The contracting officer withdraws a released solicitation."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.solicitations import events, permissions, queries
from contracting.solicitations.models import Solicitation
from contracting.solicitations.refusals import TermInvalid
from contracting.solicitations.states import SolicitationState


@transaction.atomic
def cancel_solicitation(
    *, solicitation_id: int, reason: str, by: Actor, at: datetime
) -> Solicitation:
    """Cancel with a reason that everybody reads; unopened offers stay sealed.

    :raises NotAllowed: if ``by`` is no contracting officer, or it is awarded or a draft
    :raises TermInvalid: without a reason
    """
    solicitation = Solicitation.objects.locked().get(pk=solicitation_id)
    require(permissions.can_cancel_solicitation(by, solicitation))
    if not reason.strip():
        message = "Say why it is cancelled; vendors read it."
        raise TermInvalid(message, term="reason")
    solicitation.cancel_reason = reason.strip()
    solicitation.save(update_fields=["cancel_reason"])
    solicitation.move_to(SolicitationState.CANCELLED)
    post_notice(
        recipients=[Recipient(vendor.pk) for vendor in queries.known_vendors()],
        subject=solicitation.subject,
        title=f"Solicitation {solicitation.piid} is cancelled",
        body=solicitation.cancel_reason,
        url_path=solicitation.public_path,
        by=by,
        at=at,
    )
    record_event(
        events.SOLICITATION_CANCELLED,
        subject=solicitation.subject,
        by=by,
        at=at,
        data={"piid": solicitation.piid, "reason": solicitation.cancel_reason},
    )
    return solicitation

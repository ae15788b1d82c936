"""The contracting office gives an intended order up."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.fair_opportunity import events, permissions
from contracting.fair_opportunity.models import Opportunity
from contracting.fair_opportunity.refusals import ReasonMissing
from contracting.fair_opportunity.states import OpportunityState
from contracting.notices.operations.post_notice import Recipient, post_notice


@transaction.atomic
def cancel_opportunity(
    *, opportunity_id: int, reason: str, by: Actor, at: datetime
) -> Opportunity:
    """Cancel with a reason that the holders read; what they sent is kept.

    :raises NotAllowed: if ``by`` is not of the contracting office, or an order was
        placed on it
    :raises ReasonMissing: without a reason
    """
    opportunity: Opportunity = Opportunity.objects.locked().get(pk=opportunity_id)
    require(permissions.can_cancel_opportunity(by, opportunity))
    if not reason.strip():
        message = "Say why it is given up; the holders who were told read it."
        raise ReasonMissing(message)
    opportunity.cancel_reason = reason.strip()
    opportunity.save(update_fields=["cancel_reason"])
    opportunity.move_to(OpportunityState.CANCELLED)
    told = opportunity.invited.values_list("contract__vendor_id", flat=True)
    if told:
        post_notice(
            recipients=[Recipient(vendor_id) for vendor_id in told],
            subject=opportunity.subject,
            title=f"Given up: {opportunity.title}",
            body=opportunity.cancel_reason,
            url_path=opportunity.path,
            by=by,
            at=at,
        )
    record_event(
        events.OPPORTUNITY_CANCELLED,
        subject=opportunity.subject,
        by=by,
        at=at,
        data={"reason": opportunity.cancel_reason},
    )
    return opportunity

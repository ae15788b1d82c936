"""The contracting office takes a released request back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.queries import known_vendors
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.market_research import events, permissions
from contracting.market_research.models import RequestForInformation
from contracting.market_research.refusals import TermInvalid
from contracting.market_research.states import RfiState
from contracting.notices.operations.post_notice import Recipient, post_notice


@transaction.atomic
def cancel_rfi(
    *, rfi_id: int, reason: str, by: Actor, at: datetime
) -> RequestForInformation:
    """Cancel with a reason that everybody reads; answers given so far are kept.

    :raises NotAllowed: if ``by`` is not of the contracting office, or not released
    :raises TermInvalid: without a reason
    """
    rfi = RequestForInformation.objects.locked().get(pk=rfi_id)
    require(permissions.can_cancel_rfi(by, rfi))
    if not reason.strip():
        message = "Say why it is cancelled; vendors read it."
        raise TermInvalid(message, term="reason")
    rfi.cancel_reason = reason.strip()
    rfi.save(update_fields=["cancel_reason"])
    rfi.move_to(RfiState.CANCELLED)
    post_notice(
        recipients=[Recipient(vendor.pk) for vendor in known_vendors()],
        subject=rfi.subject,
        title=f"Request for information {rfi.number} is cancelled",
        body=rfi.cancel_reason,
        url_path=rfi.public_path,
        by=by,
        at=at,
    )
    record_event(
        events.RFI_CANCELLED,
        subject=rfi.subject,
        by=by,
        at=at,
        data={"number": rfi.number, "reason": rfi.cancel_reason},
    )
    return rfi

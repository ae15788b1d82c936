"""The contracting officer withdraws a released solicitation."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.queries import known_vendors, locked_agency
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.core.quantities import Dollars
from contracting.determinations.operations.make import make_determination
from contracting.determinations.states import Kind
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.solicitations import events, permissions
from contracting.solicitations.models import Solicitation
from contracting.solicitations.refusals import CancellationUnexplained
from contracting.solicitations.states import SolicitationState


@transaction.atomic
def cancel_solicitation(
    *, solicitation_id: int, reason: str, memo: str, by: Actor, at: datetime
) -> Solicitation:
    """Cancel with a reason that everybody reads (R-SOL-11).

    Offers that are not opened stay sealed for good.

    :param memo: for the file alone: the facts, and why it serves the Government
    :raises NotAllowed: if ``by`` is no contracting officer, or it is awarded or a draft
    :raises CancellationUnexplained: without a reason or a memo
    """
    # Memos are numbered under the agency's lock, which comes first.
    locked_agency(solicitations=solicitation_id)
    solicitation = Solicitation.objects.locked().get(pk=solicitation_id)
    require(permissions.can_cancel_solicitation(by, solicitation))
    if not reason.strip() or not memo.strip():
        message = (
            "Say why it is cancelled: a reason that vendors read, and a memo for the "
            "file."
        )
        raise CancellationUnexplained(message)
    solicitation.cancel_reason = reason.strip()
    solicitation.save(update_fields=["cancel_reason"])
    solicitation.move_to(SolicitationState.CANCELLED)
    make_determination(
        kind=Kind.CANCELLATION,
        subject=solicitation.subject,
        agency_id=solicitation.agency_id,
        title=solicitation.name,
        path=solicitation.path,
        value=Dollars(solicitation.whole_dollars),
        text=memo,
        by=by,
        at=at,
    )
    post_notice(
        recipients=[Recipient(vendor.pk) for vendor in known_vendors()],
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

"""Take note of how much of an order's funds is used."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.metering import events, permissions
from contracting.metering.models import FundsNotice, FundsNoticeAcknowledgement
from contracting.metering.refusals import AlreadyAcknowledged
from contracting.orders.models import TaskOrder


@transaction.atomic
def acknowledge_notice(
    *, notice_id: int, words: str = "", by: Actor, at: datetime
) -> FundsNoticeAcknowledgement:
    """Acknowledge a notice of funds for one's side; it is not sent there again.

    :raises NotAllowed: if ``by`` is none of those who are told (R-FND-07)
    :raises AlreadyAcknowledged: if the side has done so
    """
    notice = FundsNotice.objects.select_related("order__contract").get(pk=notice_id)
    TaskOrder.objects.locked().get(pk=notice.order_id)
    require(permissions.can_acknowledge_notice(by, notice))
    done = notice.acknowledgements.filter(organization=by.organization_id).first()
    if done is not None:
        message = "Your side has acknowledged this notice already."
        raise AlreadyAcknowledged(message, acknowledged_at=done.acknowledged_at)
    made = FundsNoticeAcknowledgement.objects.create(
        notice=notice,
        organization_id=by.own_organization_id,
        acknowledged_by_id=by.own_membership_id,
        words=words.strip()[:400],
        acknowledged_at=at,
    )
    record_event(
        events.FUNDS_NOTICE_ACKNOWLEDGED,
        subject=notice.subject,
        by=by,
        at=at,
        data={"notice": notice.public_id, "words": made.words},
    )
    return made

"""Put a notice of funds into the inboxes of both sides."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from accounts.states import Role
from contracting.core.actors import Actor
from contracting.metering.models import FundsNotice, FundsNoticeDelivery
from contracting.metering.queries.funds_notices import body_of, title_of
from contracting.notices.operations.post_notice import Recipient, post_notice


@transaction.atomic
def deliver_notice(
    *,
    notice: FundsNotice,
    by: Actor,
    at: datetime,
    to: Iterable[int] | None = None,
) -> None:
    """Put the notice into the inboxes of both sides, and note into how many.

    :param to: the organizations that are told; both where nothing is said
    """
    order, contract = notice.order, notice.order.contract
    sides = {
        contract.agency_id: [
            Recipient(contract.agency_id, user_id=order.requester.user_id),
            Recipient(contract.agency_id, role=Role.COR),
            Recipient(contract.agency_id, role=Role.CONTRACTING_OFFICER),
        ],
        contract.vendor_id: [Recipient(contract.vendor_id)],
    }
    for organization_id in sides if to is None else to:
        before = notice.deliveries.filter(organization=organization_id).count()
        posted = post_notice(
            recipients=sides[organization_id],
            subject=notice.subject,
            title=("Again: " if before else "") + title_of(notice),
            body=body_of(notice),
            url_path=notice.path,
            by=by,
            at=at,
        )
        FundsNoticeDelivery.objects.create(
            notice=notice,
            organization_id=organization_id,
            attempt=before + 1,
            people=len(posted),
            delivered_at=at,
        )

"""The vendor takes an order that the limits of its contract let it refuse."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.states import Role
from contracting.audit.operations.record import record_event
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.documents.operations.record import record_approval
from contracting.documents.states import Party
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.orders import events, permissions
from contracting.orders.models import LimitAcceptance, TaskOrder
from contracting.orders.queries.placing import limit_gaps, unaccepted
from contracting.orders.refusals import NothingToAccept


@transaction.atomic
def accept_order_limits(
    *, order_id: int, by: Actor, at: datetime, seen_version: int
) -> LimitAcceptance:
    """Accept in writing an order below the smallest or above the largest order.

    FAR 52.216-19. It binds nobody until the contracting officer signs, and holds for
    exactly this version: an edit asks for another acceptance.

    :raises NotAllowed: if ``by`` is no signer of the vendor, or it is not approved
    :raises Stale: if the order has changed since it was read
    :raises NothingToAccept: within the limits, or accepted already (R-TO-03)
    """
    contract_id = TaskOrder.objects.values_list("contract_id", flat=True).get(
        pk=order_id
    )
    contract = Contract.objects.locked().get(pk=contract_id)
    order = TaskOrder.objects.locked().get(pk=order_id)
    require(permissions.can_accept_order_limits(by, order))
    order.require_version(seen_version)
    on = accounting_day(at, contract.time_zone)
    if not unaccepted(order, on):
        message = (
            "This order lies within the limits that bind you, or you have accepted it."
        )
        raise NothingToAccept(message)
    acceptance = LimitAcceptance.objects.create(
        order=order,
        version=order.version,
        content_sha256=order.content_sha256,
        outside=limit_gaps(order, on),
        accepted_by_id=by.own_membership_id,
        accepted_at=at,
    )
    record_approval(
        action="accept_order_limits",
        party=Party.VENDOR,
        subject=order.subject,
        version=order.version,
        content_sha256=order.content_sha256,
        by=by,
        at=at,
    )
    post_notice(
        recipients=[
            Recipient(organization_id=contract.agency_id, role=Role.CONTRACTING_OFFICER)
        ],
        subject=order.subject,
        title=f"The vendor accepts: {order.title}",
        body=" ".join(acceptance.outside.values()),
        url_path=order.path,
        by=by,
        at=at,
    )
    record_event(
        events.ORDER_LIMITS_ACCEPTED,
        subject=order.subject,
        by=by,
        at=at,
        data={
            "version": order.version,
            "content_sha256": order.content_sha256,
            "outside": acceptance.outside,
        },
    )
    return acceptance

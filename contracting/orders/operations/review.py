"""A reviewer decides on exactly one version of an order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accounts.states import Role
from contracting.approvals.operations.record import record_decision
from contracting.approvals.queries import Progress, open_route_of
from contracting.approvals.refusals import RouteClosed
from contracting.approvals.states import Remark
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.orders import events, permissions
from contracting.orders.models import TaskOrder
from contracting.orders.queries.placing import unaccepted
from contracting.orders.states import TaskOrderState


@transaction.atomic
def review_task_order(
    *,
    order_id: int,
    verdict: str,
    comment: str,
    by: Actor,
    at: datetime,
    seen_version: int,
    remarks: Sequence[Remark] = (),
) -> TaskOrder:
    """Concur, do not concur, or return the order with reasons.

    The last decision that the route needs approves the version; it binds nobody yet. A
    return makes it a draft again.

    :param verdict: one of :class:`contracting.approvals.states.Decided`
    :param remarks: comments on single paragraphs
    :raises NotAllowed: if the route does not ask ``by`` now, or ``by`` wrote any part
        of the order (R-ROL-09)
    :raises Stale: if the order has changed since it was read
    :raises CommentMissing: if a verdict other than to concur has no words
    """
    order = TaskOrder.objects.locked().get(pk=order_id)
    on = order.contract.agency.local_day(at)
    require(permissions.can_review_task_order(by, order, on))
    order.require_version(seen_version)
    route = open_route_of(order.subject)
    if route is None:
        message = "Nothing is decided any more: the review is closed."
        raise RouteClosed(message)
    progress = record_decision(
        route_id=route.pk,
        verdict=verdict,
        comment=comment,
        seen_version=seen_version,
        content_sha256=order.content_sha256,
        remarks=remarks,
        by=by,
        at=at,
    )
    if progress.returned:
        order.move_to(TaskOrderState.DRAFT)
    elif progress.complete:
        order.move_to(TaskOrderState.APPROVED)
    _tell(order, progress, by, at)
    if progress.complete:
        _ask_vendor(order, by, at)
    record_event(
        events.TASK_ORDER_REVIEWED,
        subject=order.subject,
        by=by,
        at=at,
        data={
            "version": order.version,
            "content_sha256": order.content_sha256,
            "verdict": verdict,
            "state": order.state,
            "steps_left": progress.steps_left,
        },
    )
    return order


def _ask_vendor(order: TaskOrder, by: Actor, at: datetime) -> None:
    """An order outside the limits waits for the vendor's acceptance (R-TO-03)."""
    outside = unaccepted(order, accounting_day(at, order.contract.time_zone))
    if not outside:
        return
    post_notice(
        recipients=[Recipient(organization_id=order.contract.vendor_id)],
        subject=order.subject,
        title=f"Do you accept an order outside the limits? {order.title}",
        body=" ".join(outside),
        url_path=f"{order.path}/accept_order_limits",
        by=by,
        at=at,
    )


def _tell(order: TaskOrder, progress: Progress, by: Actor, at: datetime) -> None:
    """The requester learns of a return, the contracting officers of completion."""
    if not (progress.returned or progress.complete):
        return
    agency_id = order.contract.agency_id
    requester = Recipient(organization_id=agency_id, user_id=order.requester.user_id)
    officers = Recipient(organization_id=agency_id, role=Role.CONTRACTING_OFFICER)
    title = f"Returned: {order.title}"
    body = f"A reviewer returned version {order.version} with reasons."
    if progress.complete:
        title = f"Reviewed: {order.title}"
        body = f"Every reviewer has decided on version {order.version}."
    post_notice(
        recipients=[requester] if progress.returned else [requester, officers],
        subject=order.subject,
        title=title,
        body=body,
        url_path=order.path,
        by=by,
        at=at,
    )

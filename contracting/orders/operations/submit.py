"""The program sends exactly one version of an order into review."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.states import Role
from contracting.approvals.models import Route
from contracting.approvals.operations.open import open_route
from contracting.approvals.queries import current_steps, people_asked
from contracting.approvals.states import RouteState
from contracting.audit.operations.record import record_event
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.orders import calculations, events, permissions
from contracting.orders.models import TaskOrder
from contracting.orders.queries import changes_since
from contracting.orders.queries.placing import room_gap
from contracting.orders.refusals import ContentIncomplete, RoomReserved
from contracting.orders.states import TaskOrderState


@transaction.atomic
def submit_task_order(
    *, order_id: int, by: Actor, at: datetime, seen_version: int
) -> TaskOrder:
    """Freeze who reviews this version; no funds are reserved and nothing is bound.

    Its ceilings are reserved of the contract's maximum until it is signed, edited or
    given up; at the signature the ledger alone judges.

    Nobody who wrote any part of it, nor who submits it, may decide on it (R-ROL-09).
    What reviewers decided on a version before, and no change since has touched, is
    carried; where that is all, the order is approved at once (R-ROL-08).

    :raises NotAllowed: if ``by`` is not of the program, or it is no draft
    :raises Stale: if the order has changed since it was read
    :raises ContentIncomplete: if an element of an order is missing (R-TO-05)
    :raises RoomReserved: if the maximum leaves less, beside what is issued and what
        other orders in review reserve (R-TO-02)
    :raises NoPolicy: if the agency has no policy for an order of this value
    """
    contract_id = TaskOrder.objects.values_list("contract_id", flat=True).get(
        pk=order_id
    )
    Contract.objects.locked().get(pk=contract_id)
    order = TaskOrder.objects.locked().get(pk=order_id)
    require(permissions.can_submit_task_order(by, order))
    order.require_version(seen_version)
    _require_complete(order)
    _require_room(order)
    order.move_to(TaskOrderState.SUBMITTED)
    route = open_route(
        subject=order.subject,
        agency_id=order.contract.agency_id,
        kind="task_order",
        title=f"Task order: {order.title}"[:200],
        url_path=f"{order.path}/review_task_order",
        value=calculations.value_of(order),
        risk=order.risk,
        version=order.version,
        content_sha256=order.content_sha256,
        excluded_user_ids=[*order.editor_user_ids, order.requester.user_id],
        changes_since=lambda version: [
            change["term"] for change in changes_since(order, version)
        ],
        by=by,
        at=at,
    )
    if route.state == RouteState.COMPLETE:
        order.move_to(TaskOrderState.APPROVED)
    post_notice(
        recipients=_asked(route, order.contract.agency_id),
        subject=order.subject,
        title=f"To do: {order.title}",
        body=(
            f"Version {order.version} of this task order waits for its reviews and for "
            "the certification of its funds."
        ),
        url_path=order.path,
        by=by,
        at=at,
    )
    record_event(
        events.TASK_ORDER_SUBMITTED,
        subject=order.subject,
        by=by,
        at=at,
        data={
            "version": order.version,
            "content_sha256": order.content_sha256,
            "value": calculations.value_of(order),
            "route": route.public_id,
        },
    )
    return order


def _require_complete(order: TaskOrder) -> None:
    """:raises ContentIncomplete: naming everything that is missing"""
    gaps = calculations.content_gaps(order)
    if gaps:
        raise ContentIncomplete(" ".join(gaps), gaps=gaps)


def _require_room(order: TaskOrder) -> None:
    """:raises RoomReserved: naming what is issued, reserved and left (R-TO-02)"""
    gap = room_gap(order)
    if gap:
        message = (
            f"{gap} Lower its ceilings, give up an order in review, or have the "
            "contract's maximum raised."
        )
        raise RoomReserved(message)


def _asked(route: Route, agency_id: int) -> list[Recipient]:
    """Who may decide first, and who certifies the funds."""
    reviewers = [
        Recipient(organization_id=agency_id, user_id=membership.user_id)
        for step in current_steps(route)
        for membership in people_asked(step.role, step.review_field, agency_id)
        if not route.excludes(membership.user_id)
    ]
    certifiers = Recipient(organization_id=agency_id, role=Role.FUNDS_CERTIFIER)
    return [*reviewers, certifiers]

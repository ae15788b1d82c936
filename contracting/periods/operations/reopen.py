"""Open a closed month again."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from accounts.states import Role
from contracting.audit.operations.record import record_event
from contracting.billing.queries import locked_order
from contracting.core.actors import Actor
from contracting.core.canonical import content_sha256
from contracting.core.permissions import require
from contracting.metering.operations.reopen_usage import reopen_usage
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.periods import events, permissions, queries
from contracting.periods.models import Entry
from contracting.periods.operations.close import append_link
from contracting.periods.refusals import PeriodOpen, ReasonMissing
from contracting.periods.states import EntryKind


@transaction.atomic
def reopen_period(
    *, order_id: int, month: date, reason: str, by: Actor, at: datetime
) -> Entry:
    """Add a link that says that a closed month is open again, and why.

    The closing stays in the chain as it was written. What was accepted meanwhile stays
    closed; the rest of the month may be rated anew, and is signed off and closed anew.

    :raises NotAllowed: unless ``by`` is a contracting officer of the agency
    :raises PeriodOpen: if the month is not closed
    :raises ReasonMissing: without a reason
    """
    order = locked_order(order_id)
    require(permissions.can_reopen_period(by, order))
    closed = queries.last_link_of(order, month)
    if closed is None or closed.kind != EntryKind.CLOSED:
        message = f"{month:%B %Y} is open."
        raise PeriodOpen(message)
    if not reason.strip():
        message = "Say why a closed month is opened again."
        raise ReasonMissing(message, pointer="/reason")
    entry = append_link(
        Entry(
            order=order,
            kind=EntryKind.REOPENED,
            month=month,
            content={},
            content_sha256=content_sha256({}),
            reason=reason.strip(),
            made_by_id=by.own_membership_id,
            made_at=at,
        )
    )
    reopen_usage(closed_by=closed.subject, by=by, at=at)
    post_notice(
        recipients=[
            Recipient(organization_id=order.contract.agency_id, role=role)
            for role in (Role.COR, Role.PAYMENT_CERTIFIER)
        ],
        subject=entry.subject,
        title=f"{month:%B %Y} of order {order.piid} is open again",
        body=reason.strip(),
        url_path=entry.path,
        by=by,
        at=at,
    )
    record_event(
        events.PERIOD_REOPENED,
        subject=entry.subject,
        by=by,
        at=at,
        data={
            "month": month,
            "number": entry.number,
            "sha256": entry.sha256,
            "reason": entry.reason,
        },
    )
    return entry

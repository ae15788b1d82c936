"""The contracting officer lets a number be used once more."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.billing import events, permissions, queries
from contracting.billing.models import InvoiceAllowance
from contracting.billing.queries.proper import allowance_for
from contracting.billing.refusals import AllowanceIncomplete, AllowedBefore
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.notices.operations.post_notice import Recipient, post_notice


@transaction.atomic
def allow_invoice_number(
    *, order_id: int, number: str, reason: str, by: Actor, at: datetime
) -> InvoiceAllowance:
    """Let one further invoice of the order have a number that was used (R-INV-03).

    Its lines are checked as ever: no line and period is billed twice by it.

    :raises NotAllowed: if ``by`` is no contracting officer of the agency
    :raises AllowanceIncomplete: without a number or a reason
    :raises AllowedBefore: if an allowance of this number is not used yet
    """
    order = queries.locked_order(order_id)
    require(permissions.can_allow_invoice_number(by, order))
    number, reason = number.strip()[:40], reason.strip()
    if not number or not reason:
        message = "Say which number may be used once more, and why."
        raise AllowanceIncomplete(message)
    if allowance_for(order, number) is not None:
        message = f"Number {number} is allowed already, and not used yet."
        raise AllowedBefore(message)
    allowance = InvoiceAllowance.objects.create(
        order=order,
        number=number,
        reason=reason,
        allowed_by_id=by.own_membership_id,
        allowed_at=at,
    )
    post_notice(
        recipients=[Recipient(organization_id=order.contract.vendor_id)],
        subject=order.subject,
        title=f"Invoice number {number} may be used once more on order {order.piid}",
        body=reason,
        url_path=f"{order.path}/receive_invoice",
        by=by,
        at=at,
    )
    record_event(
        events.INVOICE_NUMBER_ALLOWED,
        subject=allowance.subject,
        by=by,
        at=at,
        data={"number": number, "reason": reason},
    )
    return allowance

"""Ask the vendor for the report of an accounting month."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.billing import events, permissions, queries
from contracting.billing.models import ReportRequest
from contracting.billing.queries.register import month_of
from contracting.billing.refusals import ReportNotAskable
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.notices.operations.post_notice import Recipient, post_notice


@transaction.atomic
def ask_for_report(
    *, order_id: int, month: date, by: Actor, at: datetime
) -> ReportRequest:
    """Ask once for the report of a month that is over; again is answered as before.

    :param month: any day of the accounting month
    :raises NotAllowed: if ``by`` is neither the nightly job nor the designated COR or
        contracting officer
    :raises ReportNotAskable: if the order is not performed in the month, or it runs
    """
    order = queries.locked_order(order_id)
    zone = order.contract.time_zone
    require(permissions.can_ask_for_report(by, order, accounting_day(at, zone)))
    found = month_of(order, month, at)
    if found is None or found.period.end > at:
        message = "A report is asked for of a month of the order that is over."
        raise ReportNotAskable(message)
    if found.request is not None:
        return found.request
    asked = ReportRequest.objects.create(
        order=order,
        period_start=found.period.start,
        period_end=found.period.end,
        due_on=found.due_on,
        asked_of_id=order.contract.vendor_id,
        asked_at=at,
        asked_by=by.name,
    )
    post_notice(
        recipients=[Recipient(organization_id=order.contract.vendor_id)],
        subject=asked.subject,
        title=f"Report of {found.first_day:%B %Y} on order {order.piid} is asked for",
        body=f"It is due by {found.due_on:%Y-%m-%d}. If nothing was used, say so.",
        url_path=f"{order.path}/reporting",
        by=by,
        at=at,
    )
    record_event(
        events.REPORT_ASKED_FOR,
        subject=asked.subject,
        by=by,
        at=at,
        data={"month": f"{found.first_day:%Y-%m}", "due_on": found.due_on},
    )
    return asked

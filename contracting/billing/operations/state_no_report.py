"""State that there is no report of a month, or that it could not be asked for."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.billing import events, permissions, queries
from contracting.billing.models import ReportAnswer
from contracting.billing.queries.register import month_of
from contracting.billing.refusals import ReportNotAskable
from contracting.billing.states import AnswerKind
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import require


@transaction.atomic
def state_no_report(
    *, order_id: int, month: date, kind: str, reason: str, by: Actor, at: datetime
) -> ReportAnswer:
    """Keep an answer that is no report; a report that comes later counts all the same.

    :param kind: ``NONE``, asked and there was no usage, or ``COULD_NOT_ASK``, which
        only the agency can say
    :param reason: in the words of whoever states it
    :raises NotAllowed: if ``by`` is neither of the vendor nor the designated COR or
        contracting officer
    :raises ReportNotAskable: without a reason, for a month that is not over, or if the
        vendor says that it could not be asked
    """
    order = queries.locked_order(order_id)
    zone = order.contract.time_zone
    require(permissions.can_state_no_report(by, order, accounting_day(at, zone)))
    found = month_of(order, month, at)
    if found is None or found.period.end > at:
        message = "An answer is of a month of the order that is over."
        raise ReportNotAskable(message)
    if kind not in AnswerKind.values or not reason.strip():
        message = "Say whether there was no usage or it could not be asked, and why."
        raise ReportNotAskable(message)
    if by.is_vendor and kind == AnswerKind.COULD_NOT_ASK:
        message = "You can say yourself whether there was usage."
        raise ReportNotAskable(message)
    if found.is_answered:
        message = "The report of this month is there, or there was none."
        raise ReportNotAskable(message)
    answer = ReportAnswer.objects.create(
        order=order,
        period_start=found.unreported_from or found.period.start,
        period_end=found.period.end,
        kind=kind,
        reason=reason.strip(),
        said_by=by.name,
        said_by_vendor=by.is_vendor,
        said_at=at,
    )
    record_event(
        events.NO_REPORT_STATED,
        subject=answer.subject,
        by=by,
        at=at,
        data={
            "month": f"{found.first_day:%Y-%m}",
            "kind": kind,
            "reason": answer.reason,
        },
    )
    return answer

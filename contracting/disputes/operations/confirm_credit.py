"""Confirm a credit for the service: from then on it is due."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.billing.operations.record_credit import record_credit
from contracting.billing.queries.credits import room_for_credits
from contracting.billing.states import CreditKind
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.core.quantities import Dollars
from contracting.disputes import calculations, events, permissions
from contracting.disputes.models import ServiceCredit, ServiceCreditDecision
from contracting.disputes.operations.decline_credit import _lock_credit
from contracting.disputes.queries.service import Month, metered_by_line
from contracting.disputes.refusals import CaseIncomplete, ServiceUnknown


@transaction.atomic
def confirm_service_credit(
    *, credit_id: int, reason: str, by: Actor, at: datetime
) -> ServiceCreditDecision:
    """Let the vendor owe the credit, on the lines and funds that were used.

    It is split by what each line of the order cost in the month, in whole cents that
    sum to the credit, and on a line over its ACRNs in their order, as far as they were
    used. The vendor takes it off its next invoice.

    :raises NotAllowed: unless ``by`` is a contracting officer of the agency, once
    :raises CaseIncomplete: without a reason
    :raises ServiceUnknown: if no line of the order was used in the month any more
    :raises CreditExceedsUse: if more is credited in all than was used
    """
    credit = _lock_credit(credit_id)
    require(permissions.can_confirm_service_credit(by, credit))
    if not reason.strip():
        message = "Say why it is due: the clause and the month."
        raise CaseIncomplete(message, pointer="/reason")
    decision = ServiceCreditDecision.objects.create(
        credit=credit,
        is_confirmed=True,
        reason=reason.strip(),
        decided_by_id=by.own_membership_id,
        decided_at=at,
    )
    _record(credit, decision.reason, by, at)
    record_event(
        events.SERVICE_CREDIT_CONFIRMED,
        subject=credit.subject,
        by=by,
        at=at,
        data={"dollars": Dollars(credit.dollars), "reason": decision.reason},
    )
    return decision


def _record(credit: ServiceCredit, reason: str, by: Actor, at: datetime) -> None:
    month = Month(credit.month, credit.order.contract.time_zone)
    used = metered_by_line(credit.order, month)
    if not used:
        message = "No line of this order was used in that month."
        raise ServiceUnknown(message)
    parts = calculations.split_by(
        Dollars(credit.dollars), [cost.amount for _, cost in used]
    )
    for (line, _), part in zip(used, parts, strict=True):
        rooms = room_for_credits(line)
        shares = calculations.filled(part, list(rooms.values()))
        for acrn, share in zip(rooms, shares, strict=True):
            if share:
                record_credit(
                    order_line_id=line.pk,
                    dollars=share,
                    kind=CreditKind.SLA,
                    reason=reason,
                    acrn=acrn,
                    because=credit.subject,
                    by=by,
                    at=at,
                )

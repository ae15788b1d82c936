"""Decline a credit for the service."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.billing.queries import locked_order
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.core.quantities import Dollars
from contracting.disputes import events, permissions
from contracting.disputes.models import ServiceCredit, ServiceCreditDecision
from contracting.disputes.refusals import CaseIncomplete


@transaction.atomic
def decline_service_credit(
    *, credit_id: int, reason: str, by: Actor, at: datetime
) -> ServiceCreditDecision:
    """Say why a missed level of a month is not credited.

    :raises NotAllowed: unless ``by`` is a contracting officer of the agency, once
    :raises CaseIncomplete: without a reason
    """
    credit = _lock_credit(credit_id)
    require(permissions.can_decline_service_credit(by, credit))
    if not reason.strip():
        message = "Say why it is not credited."
        raise CaseIncomplete(message, pointer="/reason")
    decision = ServiceCreditDecision.objects.create(
        credit=credit,
        is_confirmed=False,
        reason=reason.strip(),
        decided_by_id=by.own_membership_id,
        decided_at=at,
    )
    record_event(
        events.SERVICE_CREDIT_DECLINED,
        subject=credit.subject,
        by=by,
        at=at,
        data={"dollars": Dollars(credit.dollars), "reason": decision.reason},
    )
    return decision


def _lock_credit(credit_id: int) -> ServiceCredit:
    """The credit, with its contract and order locked."""
    order_id = ServiceCredit.objects.values_list("order_id", flat=True).get(
        pk=credit_id
    )
    locked_order(order_id)
    return ServiceCredit.objects.select_related(
        "order__contract__agency", "order__contract__vendor", "level"
    ).get(pk=credit_id)

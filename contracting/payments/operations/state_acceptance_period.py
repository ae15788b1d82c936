"""State a longer time until acceptance is assumed."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.payments import events, permissions
from contracting.payments.models import AcceptancePeriod
from contracting.payments.refusals import AcceptancePeriodWrong, ReasonMissing
from contracting.reference.queries import threshold

_LONGEST = 365


@transaction.atomic
def state_acceptance_period(
    *,
    contract_id: int,
    delivered_from: date,
    days: int,
    reason: str,
    by: Actor,
    at: datetime,
) -> AcceptancePeriod:
    """State more than seven days, with the reason, for deliveries from a day on.

    A clock that runs already is not stopped: the first day lies ahead (R-PAY-02).

    :raises NotAllowed: if ``by`` is no contracting officer of the agency
    :raises ReasonMissing: without a reason
    :raises AcceptancePeriodWrong: for a day that is over, or for no longer time than
        the regulation's
    """
    contract = Contract.objects.locked().get(pk=contract_id)
    require(permissions.can_state_acceptance_period(by, contract))
    reason = reason.strip()
    if not reason:
        message = "Say why the inspection needs longer."
        raise ReasonMissing(message, pointer="/reason")
    if delivered_from < accounting_day(at, contract.time_zone):
        message = "A longer time is stated before the delivery it is for."
        raise AcceptancePeriodWrong(message, pointer="/delivered_from")
    least = int(threshold("CONSTRUCTIVE_ACCEPTANCE", delivered_from).value)
    if not least < days <= _LONGEST:
        message = f"State more than {least} days, and at most {_LONGEST}."
        raise AcceptancePeriodWrong(message, pointer="/days")
    period = AcceptancePeriod.objects.create(
        contract=contract,
        delivered_from=delivered_from,
        days=days,
        reason=reason,
        stated_by_id=by.own_membership_id,
        stated_at=at,
    )
    record_event(
        events.ACCEPTANCE_PERIOD_STATED,
        subject=period.subject,
        by=by,
        at=at,
        data={"delivered_from": delivered_from, "days": days, "reason": reason},
    )
    return period

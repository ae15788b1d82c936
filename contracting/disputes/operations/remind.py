"""Remind both sides of an answer to a dispute that is missing."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.core.templatetags.drawdown import day as day_words
from contracting.disputes import events, permissions
from contracting.disputes.models import CaseReminder, DisputeCase
from contracting.disputes.operations.open import _tell_agency
from contracting.disputes.queries.cases import is_overdue, open_cases
from contracting.notices.operations.post_notice import Recipient, post_notice


@transaction.atomic
def remind_disputes(*, by: Actor, at: datetime) -> int:
    """Tell both sides, once for each dispute, that the vendor's answer is overdue.

    May run at any time and twice.

    :returns: how many disputes were reminded of
    :raises NotAllowed: if ``by`` is not the system
    """
    waiting = open_cases().filter(answers__isnull=True)
    list(Contract.objects.locked().filter(pk__in=waiting.values("order__contract")))
    require(permissions.can_remind_disputes(by))
    rows = waiting.select_related("order__contract__vendor")
    return sum(_remind(case, by, at) for case in rows)


def _remind(case: DisputeCase, by: Actor, at: datetime) -> bool:
    contract, due = case.order.contract, case.answer_due_on
    on = accounting_day(at, contract.time_zone)
    if not is_overdue(case, on) or case.reminders.filter(due_on=due).exists():
        return False
    CaseReminder.objects.create(case=case, due_on=due, reminded_at=at)
    title = f"An answer is overdue: dispute on {case.order.piid}"
    body = (
        f"{contract.vendor.name} was to answer by {day_words(due)}. The contracting "
        "officer may decide without an answer."
    )
    post_notice(
        recipients=[Recipient(organization_id=contract.vendor_id)],
        subject=case.subject,
        title=title,
        body=body,
        url_path=case.path,
        by=by,
        at=at,
    )
    _tell_agency(contract, case.subject, title, body, case.path, by, at)
    record_event(
        events.DISPUTE_REMINDED,
        subject=case.subject,
        by=by,
        at=at,
        data={"due_on": due},
    )
    return True

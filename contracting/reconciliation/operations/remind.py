"""Remind the owners of discrepancies whose day to answer has passed."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.reconciliation import events, permissions
from contracting.reconciliation.models import Finding, Reminder
from contracting.reconciliation.queries.inbox import overdue_on


@transaction.atomic
def remind_overdue_findings(*, by: Actor, at: datetime) -> int:
    """Tell each owner once a day of what is overdue on a contract (R-REC-04).

    May run at any time and twice: who was told on that day is not told again.

    :returns: how many owners were told
    :raises NotAllowed: if ``by`` is not the system
    """
    late: dict[int, list[Finding]] = defaultdict(list)
    for finding in overdue_on(at.date()):
        late[finding.order.contract_id].append(finding)
    contracts = Contract.objects.locked().filter(pk__in=sorted(late))
    require(permissions.can_remind_overdue_findings(by))
    told = 0
    for contract in contracts.order_by("pk"):
        today = accounting_day(at, contract.time_zone)
        owners: dict[int, list[Finding]] = defaultdict(list)
        for finding in late[contract.pk]:
            if finding.due_on < today and finding.owner_id is not None:
                owners[finding.owner_id].append(finding)
        for findings in owners.values():
            told += _remind(contract, findings, today, by, at)
    return told


def _remind(
    contract: Contract, findings: list[Finding], today: date, by: Actor, at: datetime
) -> bool:
    owner = findings[0].owner
    known = Reminder.objects.filter(contract=contract, owner=owner, on_day=today)
    if owner is None or known.exists():
        return False
    Reminder.objects.create(
        contract=contract, owner=owner, on_day=today, findings=len(findings)
    )
    count = len(findings)
    words = "1 discrepancy is" if count == 1 else f"{count:,} discrepancies are"
    post_notice(
        recipients=[Recipient(contract.agency_id, user_id=owner.user_id)],
        subject=contract.subject,
        title=f"{words} overdue on {contract.name}",
        body=(
            f"The oldest was to be answered by {findings[0].due_on}. Resolve it, or "
            "put it to the vendor."
        ),
        url_path="/findings/?whose=overdue",
        by=by,
        at=at,
    )
    record_event(
        events.OVERDUE_REMINDED,
        subject=contract.subject,
        by=by,
        at=at,
        data={"owner": owner.user.name, "findings": count, "day": today},
    )
    return True

"""The vendor withdraws what a dispute is about."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.disputes import events, permissions
from contracting.disputes.models import CaseWithdrawal
from contracting.disputes.operations.open import _lock_case, _tell_agency
from contracting.disputes.queries.cases import findings_of
from contracting.disputes.refusals import AnswerIncomplete
from contracting.reconciliation.operations.withdraw import withdraw_finding


@transaction.atomic
def withdraw_dispute(
    *, case_id: int, text: str, by: Actor, at: datetime
) -> CaseWithdrawal:
    """Ask no more for what is disputed: every difference of it closes as withdrawn.

    :raises NotAllowed: unless ``by`` is a signer of the vendor and it is open
    :raises AnswerIncomplete: without a reason
    """
    case = _lock_case(case_id)
    require(permissions.can_withdraw_dispute(by, case))
    if not text.strip():
        message = "Say why nothing more is asked for."
        raise AnswerIncomplete(message, pointer="/text")
    withdrawal = CaseWithdrawal.objects.create(
        case=case,
        text=text.strip(),
        withdrawn_by_id=by.own_membership_id,
        withdrawn_at=at,
    )
    for finding in findings_of(case):
        if not hasattr(finding, "resolution"):
            withdraw_finding(finding_id=finding.pk, reason=text, by=by, at=at)
    contract = case.order.contract
    _tell_agency(
        contract,
        case.subject,
        f"{contract.vendor.name} withdrew from the dispute on {case.order.piid}",
        withdrawal.text,
        case.path,
        by,
        at,
    )
    record_event(
        events.DISPUTE_WITHDRAWN,
        subject=case.subject,
        by=by,
        at=at,
        data={"text": withdrawal.text},
    )
    return withdrawal

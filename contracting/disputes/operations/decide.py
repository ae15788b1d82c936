"""The contracting officer decides a dispute, in a letter to the vendor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.core.quantities import Dollars, total_dollars
from contracting.disputes import events, paperwork, permissions
from contracting.disputes.models import CaseDecision
from contracting.disputes.operations.open import _lock_case
from contracting.disputes.queries.cases import at_stake, credited_of, findings_of
from contracting.disputes.refusals import DecisionIncomplete
from contracting.documents.operations.request import request_document
from contracting.documents.states import DocumentKind
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.reconciliation.models import Finding
from contracting.reconciliation.operations.resolve import resolve_finding


@transaction.atomic
def decide_dispute(
    *,
    case_id: int,
    codes: Mapping[str, str],
    text: str,
    by: Actor,
    at: datetime,
) -> CaseDecision:
    """Settle every difference of a dispute and tell the vendor why, in a letter.

    Each difference closes through its own resolution (R-REC-04): what a code
    frees, keeps or credits is what it always is. The letter says that a claim may
    follow.

    :param codes: the resolution code of each difference that is open, by its public id
    :param text: findings of fact and reasons
    :raises NotAllowed: unless ``by`` is a contracting officer of the agency whose
        warrant covers the differences (R-ROL-01, R-ROL-02), and it is open
    :raises DecisionIncomplete: without reasons, or unless exactly the open differences
        have a code
    :raises ResolutionMissing: for a code that does not fit a difference
    """
    case = _lock_case(case_id)
    order, contract = case.order, case.order.contract
    on = accounting_day(at, contract.time_zone)
    require(permissions.can_decide_dispute(by, case, on, at_stake(case)))
    still_open = [f for f in findings_of(case) if not hasattr(f, "resolution")]
    _require_decision(still_open, codes, text)
    made = [
        resolve_finding(
            finding_id=each.pk,
            code=codes[each.public_id],
            reason=text,
            by=by,
            at=at,
        )
        for each in still_open
    ]
    payable = total_dollars(Dollars(each.payable_change_dollars) for each in made)
    decision = CaseDecision.objects.create(
        case=case,
        text=text.strip(),
        payable_dollars=payable.amount,
        decided_by_id=by.own_membership_id,
        decided_at=at,
    )
    request_document(
        kind=DocumentKind.DISPUTE_DECISION,
        subject=case.subject,
        title=f"Decision on the dispute of {order.piid}",
        number=order.piid or "",
        agency_id=contract.agency_id,
        vendor_id=contract.vendor_id,
        context=paperwork.case_decision_sheet(decision, signer=by),
        content_sha256=paperwork.sha256_of(decision),
        version=1,
        by=by,
        at=at,
    )
    post_notice(
        recipients=[Recipient(organization_id=contract.vendor_id)],
        subject=case.subject,
        title=f"Decision on the dispute of {order.piid}",
        body=f"{payable} becomes payable. {decision.text}",
        url_path=case.path,
        by=by,
        at=at,
    )
    record_event(
        events.DISPUTE_DECIDED,
        subject=case.subject,
        by=by,
        at=at,
        data={
            "rule": "R-REC-04",
            "codes": dict(codes),
            "payable": payable,
            "credited": total_dollars(credited_of(case).values()),
            "text": decision.text,
            "answers": case.answers.count(),
        },
    )
    return decision


def _require_decision(
    still_open: Sequence[Finding], codes: Mapping[str, str], text: str
) -> None:
    if not text.strip():
        message = "Give the findings of fact and the reasons."
        raise DecisionIncomplete(message, pointer="/text")
    open_ids = {each.public_id for each in still_open}
    if set(codes) != open_ids:
        message = (
            "Give each difference that is still open its resolution, and no other."
        )
        missing, strange = open_ids - set(codes), set(codes) - open_ids
        raise DecisionIncomplete(
            message,
            pointer="/codes",
            missing=sorted(missing),
            unknown=sorted(strange),
        )

"""The contracting officer's final decision on a claim."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.core.quantities import Dollars
from contracting.disputes import events, paperwork, permissions
from contracting.disputes.models import ClaimDecision
from contracting.disputes.operations.state_date import _lock_claim
from contracting.disputes.queries.cases import decision_due_on
from contracting.disputes.refusals import DecisionIncomplete
from contracting.documents.operations.request import request_document
from contracting.documents.states import DocumentKind
from contracting.notices.operations.post_notice import Recipient, post_notice


@transaction.atomic
def decide_claim(
    *, claim_id: int, allowed: Decimal, text: str, by: Actor, at: datetime
) -> ClaimDecision:
    """Decide what of a claim is allowed, with the rights of appeal (FAR 33.211).

    A decision after its day is taken and marked: until then the vendor may hold the
    claim denied (41 U.S.C. 7103(f)(5)). What is allowed is payable
    once it is charged on a line of an order.

    :param allowed: dollars and cents, zero to what is claimed
    :raises NotAllowed: unless ``by`` is a contracting officer whose warrant covers the
        claim, once
    :raises DecisionIncomplete: without reasons, or for more than is claimed
    """
    claim = _lock_claim(claim_id)
    contract = claim.contract
    on = accounting_day(at, contract.time_zone)
    require(permissions.can_decide_claim(by, claim, on))
    granted = Dollars(allowed)
    if not text.strip():
        message = "Give the findings of fact and the reasons."
        raise DecisionIncomplete(message, pointer="/text")
    if not Dollars() <= granted <= Dollars(claim.dollars) or (
        granted != granted.to_cents()
    ):
        message = f"Allow between $0.00 and ${claim.dollars:,.2f}, to the cent."
        raise DecisionIncomplete(message, pointer="/allowed")
    is_late = on > decision_due_on(claim)
    decision = ClaimDecision.objects.create(
        claim=claim,
        allowed_dollars=granted.amount,
        text=text.strip(),
        decided_by_id=by.own_membership_id,
        decided_at=at,
    )
    request_document(
        kind=DocumentKind.DISPUTE_DECISION,
        subject=claim.subject,
        title=f"Final decision on a claim under {contract.piid}",
        number=contract.piid or "",
        agency_id=contract.agency_id,
        vendor_id=contract.vendor_id,
        context=paperwork.claim_decision_sheet(decision, signer=by),
        content_sha256=paperwork.sha256_of(decision),
        version=1,
        by=by,
        at=at,
    )
    post_notice(
        recipients=[Recipient(organization_id=contract.vendor_id)],
        subject=claim.subject,
        title=f"Final decision on your claim under {contract.piid}"[:200],
        body=f"${granted.amount:,.2f} is allowed. {decision.text}",
        url_path=claim.path,
        by=by,
        at=at,
    )
    record_event(
        events.CLAIM_DECIDED,
        subject=claim.subject,
        by=by,
        at=at,
        data={
            "rule": "R-PAY-07",
            "claimed": Dollars(claim.dollars),
            "allowed": granted,
            "text": decision.text,
            "is_late": is_late,
        },
    )
    return decision

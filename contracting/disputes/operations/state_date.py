"""State by when a claim is decided, where its days do not suffice."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.core.templatetags.drawdown import day as day_words
from contracting.disputes import events, permissions
from contracting.disputes.models import Claim, ClaimDate
from contracting.disputes.refusals import DecisionDateWrong
from contracting.disputes.states import CERTIFIED_ABOVE
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.reference.queries import threshold


@transaction.atomic
def state_decision_date(
    *, claim_id: int, decision_on: date, reason: str, by: Actor, at: datetime
) -> ClaimDate:
    """Tell the vendor a date, within the days of a claim (FAR 33.211(c)(2), R-PAY-07).

    Only for a certified claim above the threshold; a smaller one is decided within its
    days.

    :raises NotAllowed: unless ``by`` is a contracting officer of the agency, once
    :raises DecisionDateWrong: after the days of the claim, for a claim of no more than
        the threshold, for a date that is no later, and without a reason
    """
    claim = _lock_claim(claim_id)
    require(permissions.can_state_decision_date(by, claim))
    contract = claim.contract
    on = accounting_day(at, contract.time_zone)
    received_on = accounting_day(claim.received_at, contract.time_zone)
    if claim.dollars <= threshold(CERTIFIED_ABOVE, received_on).value:
        message = (
            f"This claim is decided by {day_words(claim.decision_due_on)}: only one "
            "above the threshold may take longer."
        )
        raise DecisionDateWrong(message)
    if on > claim.decision_due_on:
        message = "The days in which a date could be stated are over. Decide it now."
        raise DecisionDateWrong(message, due_on=claim.decision_due_on)
    if decision_on <= claim.decision_due_on or not reason.strip():
        message = (
            f"State a date after {day_words(claim.decision_due_on)}, and why it takes "
            "so long."
        )
        raise DecisionDateWrong(message, pointer="/decision_on")
    stated = ClaimDate.objects.create(
        claim=claim,
        decision_on=decision_on,
        reason=reason.strip(),
        stated_by_id=by.own_membership_id,
        stated_at=at,
    )
    post_notice(
        recipients=[Recipient(organization_id=contract.vendor_id)],
        subject=claim.subject,
        title=f"Your claim is decided by {day_words(decision_on)}",
        body=stated.reason,
        url_path=claim.path,
        by=by,
        at=at,
    )
    record_event(
        events.DECISION_DATE_STATED,
        subject=claim.subject,
        by=by,
        at=at,
        data={
            "rule": "R-PAY-07",
            "decision_on": decision_on,
            "reason": stated.reason,
        },
    )
    return stated


def _lock_claim(claim_id: int) -> Claim:
    """The claim, with its contract locked."""
    contract_id = Claim.objects.values_list("contract_id", flat=True).get(pk=claim_id)
    Contract.objects.locked().get(pk=contract_id)
    return Claim.objects.select_related("contract__agency", "contract__vendor").get(
        pk=claim_id
    )

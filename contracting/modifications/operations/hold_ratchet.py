"""Hold a lower price back, for a reason that stays on record."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.approvals.operations.override import override_rule
from contracting.audit.operations.record import record_event
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.modifications import events, permissions
from contracting.modifications.models import RatchetFinding
from contracting.modifications.refusals import ReasonMissing
from contracting.modifications.states import RatchetState


@transaction.atomic
def hold_ratchet_finding(
    *, finding_id: int, reason: str, by: Actor, at: datetime
) -> RatchetFinding:
    """Leave the contract's price as it is although the public list fell (R-MOD-09).

    :raises NotAllowed: if ``by`` is no contracting officer, or it is decided
    :raises ReasonMissing: without a reason
    """
    contract_id = RatchetFinding.objects.values_list("contract_id", flat=True).get(
        pk=finding_id
    )
    contract = Contract.objects.locked().get(pk=contract_id)
    finding = RatchetFinding.objects.locked().get(pk=finding_id)
    finding.contract = contract
    require(permissions.can_hold_ratchet_finding(by, finding))
    if not reason.strip():
        message = "Say why the contract's price stays above the public list."
        raise ReasonMissing(message)
    finding.reason = reason.strip()
    finding.decided_by_id = by.own_membership_id
    finding.decided_at = at
    finding.save(update_fields=["reason", "decided_by", "decided_at"])
    finding.move_to(RatchetState.HELD)
    override_rule(
        rule="R-MOD-09",
        subject=finding.subject,
        title=f"The lower public price of {finding.rate_row.slin}",
        url_path=finding.path,
        reason_code="HELD",
        words=finding.reason,
        by=by,
        at=at,
    )
    record_event(
        events.RATCHET_HELD,
        subject=finding.subject,
        by=by,
        at=at,
        data={"slin": finding.rate_row.slin, "reason": finding.reason},
    )
    return finding

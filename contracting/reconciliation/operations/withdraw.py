"""The vendor gives up what it asked for: a discrepancy closes as withdrawn."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.billing.queries import locked_order
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.reconciliation import events, permissions
from contracting.reconciliation.models import Finding, Resolution
from contracting.reconciliation.refusals import AlreadyResolved, ResolutionMissing
from contracting.reconciliation.states import ResolutionCode


@transaction.atomic
def withdraw_finding(
    *, finding_id: int, reason: str, by: Actor, at: datetime
) -> Resolution:
    """Close a disputed discrepancy in the agency's favour, by the vendor's own word.

    Nothing becomes payable by it: what was withheld stays withheld (R-REC-04).

    :raises NotAllowed: unless ``by`` is a signer of the contract's vendor
    :raises AlreadyResolved: if it is resolved already
    :raises ResolutionMissing: without a reason, or where it was never disputed
    """
    finding = Finding.objects.select_related("order__contract").get(pk=finding_id)
    locked_order(finding.order_id)
    require(permissions.can_withdraw_finding(by, finding))
    if hasattr(finding, "resolution"):
        message = "This discrepancy is resolved already."
        raise AlreadyResolved(message)
    if not hasattr(finding, "dispute") or not reason.strip():
        message = "A discrepancy is withdrawn with a reason, once it is disputed."
        raise ResolutionMissing(message)
    resolution = Resolution.objects.create(
        finding=finding,
        code=ResolutionCode.WITHDRAWN,
        reason=reason.strip(),
        resolved_by_name=by.name,
        resolved_by_id=by.own_membership_id,
        resolved_at=at,
    )
    record_event(
        events.FINDING_WITHDRAWN,
        subject=finding.subject,
        by=by,
        at=at,
        data={"code": finding.code, "reason": reason.strip()},
    )
    return resolution

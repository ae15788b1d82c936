"""Settle discrepancies that are alike with one code and one reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.billing.queries import locked_order
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.orders.models import TaskOrder
from contracting.reconciliation import events, permissions
from contracting.reconciliation.models import Finding, Resolution
from contracting.reconciliation.operations.resolve import resolve_finding
from contracting.reconciliation.refusals import ResolutionMissing
from contracting.reconciliation.states import ResolutionCode

IN_BULK: Final = (
    ResolutionCode.ACCEPT_A,
    ResolutionCode.CREDIT,
    ResolutionCode.REBILL,
    ResolutionCode.WITHDRAWN,
    ResolutionCode.SHIFT_PERIOD,
    ResolutionCode.WRITE_OFF,
)
"""What may be said of many at once; to pay beyond our meter is said one by one."""


@transaction.atomic
def resolve_alike_findings(
    *,
    order_id: int,
    finding_ids: Sequence[int],
    code: str,
    reason: str,
    by: Actor,
    at: datetime,
) -> list[Resolution]:
    """Resolve discrepancies of one order and kind, all of them or none (R-REC-04).

    Each is resolved by the very verb that resolves one, within the same permission and
    the same caps.

    :raises NotAllowed: if ``by`` may not settle one of them (R-REC-02)
    :raises ResolutionMissing: for none, for those that are not alike, or for a code
        that is said one by one
    :raises Refusal: whatever resolving one of them refuses
    """
    order: TaskOrder = locked_order(order_id)
    found = Finding.objects.filter(order=order, pk__in=list(finding_ids))
    findings = list(found.select_related("order__contract").order_by("pk"))
    on = accounting_day(at, order.contract.time_zone)
    for finding in findings:
        require(permissions.can_resolve_finding(by, finding, on, code))
    _guard(findings, len(set(finding_ids)), code)
    made = [
        resolve_finding(finding_id=each.pk, code=code, reason=reason, by=by, at=at)
        for each in findings
    ]
    record_event(
        events.FINDINGS_RESOLVED,
        subject=order.subject,
        by=by,
        at=at,
        data={
            "resolution": code,
            "findings": [each.public_id for each in findings],
            "reason": reason.strip(),
        },
    )
    return made


def _guard(findings: Sequence[Finding], asked: int, code: str) -> None:
    kinds = {
        (each.code, each.tolerance_tier, each.tokens > 0, each.order_line_id)
        for each in findings
    }
    if not findings or len(findings) != asked or len(kinds) != 1:
        message = "Choose discrepancies of one order, line, kind and size."
        raise ResolutionMissing(message, chosen=asked)
    if code not in IN_BULK:
        message = f"“{code}” is said of one discrepancy at a time."
        raise ResolutionMissing(message, code_given=code)

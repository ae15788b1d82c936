"""Put a discrepancy to the vendor."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.billing.queries import locked_order
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.core.quantities import Dollars
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.reconciliation import events, permissions
from contracting.reconciliation.models import Dispute, Finding
from contracting.reconciliation.refusals import AlreadyResolved, ResolutionMissing
from contracting.reconciliation.states import FindingCode


@transaction.atomic
def dispute_finding(
    *, finding_id: int, reason: str, by: Actor, at: datetime, is_told: bool = True
) -> Dispute:
    """Withhold the difference and ask the vendor to explain it (FAR 33.2, 52.212-4(i)).

    The undisputed part of the invoice is paid meanwhile.

    :param is_told: whether the vendor gets a notice of this difference alone
    :raises NotAllowed: if ``by`` is neither designated COR (R-ROL-05) nor contracting
        officer of the agency
    :raises ResolutionMissing: without a reason
    :raises AlreadyResolved: if it is resolved or disputed already
    """
    finding = Finding.objects.select_related("order__contract").get(pk=finding_id)
    locked_order(finding.order_id)
    on = accounting_day(at, finding.order.contract.time_zone)
    require(permissions.can_dispute_finding(by, finding, on))
    if hasattr(finding, "resolution") or hasattr(finding, "dispute"):
        message = "This discrepancy is resolved or disputed already."
        raise AlreadyResolved(message)
    if not reason.strip():
        message = "Say what the vendor is to explain."
        raise ResolutionMissing(message)
    is_money = finding.code != FindingCode.LATE_REPORT
    withheld = (
        max(Dollars(finding.amount_dollars), Dollars()) if is_money else Dollars()
    )
    dispute = Dispute.objects.create(
        finding=finding,
        reason=reason.strip(),
        withheld_dollars=withheld.amount,
        disputed_by_id=by.own_membership_id,
        disputed_at=at,
    )
    if is_told:
        post_notice(
            recipients=[Recipient(organization_id=finding.order.contract.vendor_id)],
            subject=finding.subject,
            title=f"{finding.get_code_display().capitalize()}: please explain",
            body=(
                f"Order {finding.order.piid}: {abs(finding.tokens):,} tokens, "
                f"${Dollars(finding.amount_dollars).plain()}. {reason.strip()}"
            ),
            url_path=finding.path,
            by=by,
            at=at,
        )
    record_event(
        events.FINDING_DISPUTED,
        subject=finding.subject,
        by=by,
        at=at,
        data={"code": finding.code, "withheld": withheld, "reason": reason.strip()},
    )
    return dispute

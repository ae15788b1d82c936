"""Settle a discrepancy with a code and a reason."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.billing.states import InvoiceState
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.core.quantities import Dollars
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.reconciliation import events, permissions
from contracting.reconciliation.models import Finding, Resolution
from contracting.reconciliation.operations.accept import (
    FREEING_CODES,
    free_finding,
    lock_invoice,
)
from contracting.reconciliation.refusals import AlreadyResolved, ResolutionMissing
from contracting.reconciliation.states import ResolutionCode

BY_PEOPLE = frozenset(ResolutionCode.values) - {ResolutionCode.ARRIVED}


@transaction.atomic
def resolve_finding(
    *, finding_id: int, code: str, reason: str, by: Actor, at: datetime
) -> Resolution:
    """Close a discrepancy (R-REC-04); nothing already recorded is changed.

    ``accept-A`` settles it by our own count. Where the invoice put tokens into a dearer
    class, what our meter counted in the right class is accepted at its own price.

    :raises NotAllowed: if ``by`` is no COR (up to tier 2) or contracting officer
    :raises ResolutionMissing: for an unknown code, without a reason, or for accept-A on
        an invoice that is certified already (the vendor invoices the rest anew)
    :raises AlreadyResolved: if it is resolved already
    """
    invoice_id = Finding.objects.values_list("invoice_id", flat=True).get(pk=finding_id)
    invoice = lock_invoice(invoice_id) if invoice_id is not None else None
    finding = (
        Finding.objects.locked().select_related("order__contract").get(pk=finding_id)
    )
    require(permissions.can_resolve_finding(by, finding))
    if hasattr(finding, "resolution"):
        message = "This discrepancy is resolved already."
        raise AlreadyResolved(message)
    if code not in BY_PEOPLE or not reason.strip():
        message = "A discrepancy closes with one of the resolution codes and a reason."
        raise ResolutionMissing(message, code_given=code)
    freed = Dollars()
    frees = code == ResolutionCode.ACCEPT_A and finding.code in FREEING_CODES
    if frees and invoice is not None:
        if invoice.state in {InvoiceState.CERTIFIED, InvoiceState.PAID}:
            message = (
                "The invoice is certified already. Resolve with “rebill”: the vendor "
                "invoices what is due anew."
            )
            raise ResolutionMissing(message)
        if invoice.state == InvoiceState.ACCEPTED:
            acceptance = free_finding(finding, invoice, by, at)
            if acceptance is not None:
                freed = Dollars(acceptance.accepted_dollars)
    resolution = Resolution.objects.create(
        finding=finding,
        code=code,
        reason=reason.strip(),
        payable_change_dollars=freed.amount,
        resolved_by_name=by.name,
        resolved_by_id=by.membership_id,
        resolved_at=at,
    )
    post_notice(
        recipients=[Recipient(organization_id=finding.order.contract.vendor_id)],
        subject=finding.subject,
        title=f"Discrepancy resolved: {finding.get_code_display()}",
        body=f"{resolution.get_code_display().capitalize()}. {reason.strip()}",
        url_path=f"/findings/{finding.public_id}",
        by=by,
        at=at,
    )
    record_event(
        events.FINDING_RESOLVED,
        subject=finding.subject,
        by=by,
        at=at,
        data={
            "code": finding.code,
            "resolution": code,
            "reason": reason.strip(),
            "payable_change": freed,
        },
    )
    return resolution

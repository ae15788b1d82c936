"""Settle a discrepancy with a code and a reason."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.billing.models import Invoice
from contracting.billing.queries import locked_invoice, locked_order
from contracting.billing.states import InvoiceState
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.core.quantities import Dollars
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.reconciliation import events, permissions
from contracting.reconciliation.calculations import SHIFTS
from contracting.reconciliation.models import Finding, Resolution
from contracting.reconciliation.operations.accept import free_finding
from contracting.reconciliation.refusals import AlreadyResolved, ResolutionMissing
from contracting.reconciliation.states import BY_THE_JOB, ResolutionCode

BY_PEOPLE = tuple(code for code in ResolutionCode if code not in BY_THE_JOB)


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
    finding, invoice = _lock(finding_id)
    require(permissions.can_resolve_finding(by, finding))
    if hasattr(finding, "resolution"):
        message = "This discrepancy is resolved already."
        raise AlreadyResolved(message)
    if code not in BY_PEOPLE or not reason.strip():
        message = "A discrepancy closes with one of the resolution codes and a reason."
        raise ResolutionMissing(message, code_given=code)
    freed = _free(finding, invoice, code, by, at)
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
        url_path=finding.path,
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


def _lock(finding_id: int) -> tuple[Finding, Invoice | None]:
    """Findings are only ever added, so that the lock is on what they belong to."""
    finding = Finding.objects.select_related("order__contract").get(pk=finding_id)
    if finding.invoice_id is not None:
        return finding, locked_invoice(finding.invoice_id)
    locked_order(finding.order_id)
    return finding, None


def _free(
    finding: Finding, invoice: Invoice | None, code: str, by: Actor, at: datetime
) -> Dollars:
    """What the invoice left out of the right class is accepted there, if it can be."""
    if code != ResolutionCode.ACCEPT_A or finding.code not in SHIFTS or not invoice:
        return Dollars()
    if invoice.state in {InvoiceState.CERTIFIED, InvoiceState.PAID}:
        message = (
            "The invoice is certified already. Resolve with “rebill”: the vendor "
            "invoices what is due anew."
        )
        raise ResolutionMissing(message)
    if invoice.state != InvoiceState.ACCEPTED:
        return Dollars()
    acceptance = free_finding(finding, invoice, by, at)
    return Dollars(acceptance.accepted_dollars) if acceptance else Dollars()

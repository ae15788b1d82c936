"""Settle a discrepancy with a code and a reason."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.billing.models import Invoice
from contracting.billing.queries import locked_invoice, locked_order
from contracting.billing.states import InvoiceState
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.core.quantities import Dollars
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.reconciliation import events, permissions, queries
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
    :raises ResolutionMissing: for an unknown code, without a reason, for accept-A on an
        invoice that is certified already, or for rebill while an accepted invoice
        stands for the usage (R-INV-03)
    :raises AlreadyResolved: if it is resolved already
    """
    finding, invoices = _lock(finding_id)
    on = accounting_day(at, finding.order.contract.time_zone)
    require(permissions.can_resolve_finding(by, finding, on))
    if hasattr(finding, "resolution"):
        message = "This discrepancy is resolved already."
        raise AlreadyResolved(message)
    if code not in BY_PEOPLE or not reason.strip():
        message = "A discrepancy closes with one of the resolution codes and a reason."
        raise ResolutionMissing(message, code_given=code)
    _guard_rebill(finding, code)
    freed = _free(finding, invoices, code, by, at)
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


def _lock(finding_id: int) -> tuple[Finding, list[Invoice]]:
    """Findings are only ever added, so that the lock is on what they belong to.

    :returns: the discrepancy, and the invoices that were accepted with it
    """
    finding = Finding.objects.select_related("order__contract").get(pk=finding_id)
    locked_order(finding.order_id)
    ids = queries.invoices_of_finding(finding, DECIDED).values_list("pk", flat=True)
    return finding, [locked_invoice(pk) for pk in ids]


DECIDED = (InvoiceState.ACCEPTED, InvoiceState.CERTIFIED, InvoiceState.PAID)


def _guard_rebill(finding: Finding, code: str) -> None:
    """Nothing is invoiced anew while an accepted invoice stands for it (R-INV-03)."""
    if code != ResolutionCode.REBILL:
        return
    standing = queries.invoices_of_finding(finding, DECIDED).first()
    if standing is not None:
        message = (
            f"Invoice {standing.number} stands for this usage and is "
            f"{standing.get_state_display()}, so that the vendor cannot invoice it "
            "anew. Resolve with “accept-A” or “credit”; “rebill” is for an invoice "
            "that can still be returned or withdrawn."
        )
        raise ResolutionMissing(message, invoice=standing.number)


def _free(
    finding: Finding, invoices: Iterable[Invoice], code: str, by: Actor, at: datetime
) -> Dollars:
    """What a difference kept out is accepted, on the first invoice that asks for it."""
    if code != ResolutionCode.ACCEPT_A:
        return Dollars()
    for invoice in invoices:
        if invoice.state == InvoiceState.ACCEPTED:
            acceptance = free_finding(finding, invoice, code, by, at)
            if acceptance is not None:
                return Dollars(acceptance.accepted_dollars)
        elif finding.code in SHIFTS:
            message = (
                f"Invoice {invoice.number} is {invoice.get_state_display()} already, "
                "so that nothing can be added to it. Resolve with “credit”."
            )
            raise ResolutionMissing(message, invoice=invoice.number)
    return Dollars()

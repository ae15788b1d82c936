"""Who may compare, dispute, resolve and accept."""

from __future__ import annotations

from datetime import date

from accounts.permissions import role_in
from accounts.states import Role
from contracting.billing.models import Invoice
from contracting.billing.permissions import can_receive_invoice
from contracting.contracts.permissions import as_representative
from contracting.core.actors import Actor
from contracting.core.permissions import Allowed, Refused, Verdict
from contracting.orders.models import TaskOrder
from contracting.reconciliation.models import Finding
from contracting.reconciliation.states import ResolutionCode

COR_MAY_RESOLVE_UP_TO_TIER = 2
BY_OFFICER = frozenset({ResolutionCode.ACCEPT_C, ResolutionCode.ESCALATE})
"""Only the contracting officer says these, whatever the size."""


def can_reconcile_order(by: Actor, order: TaskOrder) -> Verdict:
    """The nightly job, the representative or the contracting officer."""
    if by.is_system:
        return Allowed()
    return role_in(
        by,
        order.contract.agency_id,
        Role.COR,
        Role.CONTRACTING_OFFICER,
        doing="reconcile an order",
    )


def can_draft_invoice(by: Actor, order: TaskOrder) -> Verdict:
    """The contract's vendor: who may invoice may have the invoice filled in."""
    return can_receive_invoice(by, order)


def can_accept_usage(by: Actor, invoice: Invoice, on: date) -> Verdict:
    """The designated representative of the contract (FAR 46.5, R-ROL-05)."""
    contract = invoice.order.contract
    verdict = role_in(by, contract.agency_id, Role.COR, doing="accept usage")
    return as_representative(verdict, by, contract, on)


def can_dispute_finding(by: Actor, finding: Finding, on: date) -> Verdict:
    """The designated representative, or the contracting officer (R-ROL-05)."""
    contract = finding.order.contract
    verdict = role_in(
        by,
        contract.agency_id,
        Role.COR,
        Role.CONTRACTING_OFFICER,
        doing="dispute a discrepancy",
    )
    return as_representative(verdict, by, contract, on)


def can_resolve_finding(
    by: Actor, finding: Finding, on: date, code: str = ""
) -> Verdict:
    """The designated representative up to tier 2, the contracting officer above.

    To accept the invoice's own count, or to escalate to a claim, is the officer's.

    :param code: the resolution, where it is chosen already
    """
    contract = finding.order.contract
    agency_id = contract.agency_id
    if finding.tolerance_tier > COR_MAY_RESOLVE_UP_TO_TIER:
        return role_in(
            by,
            agency_id,
            Role.CONTRACTING_OFFICER,
            doing="resolve a discrepancy of this size",
            rule="R-REC-02",
        )
    if code in BY_OFFICER:
        return role_in(
            by,
            agency_id,
            Role.CONTRACTING_OFFICER,
            doing=f"resolve a discrepancy with “{code}”",
            rule="R-REC-02",
        )
    verdict = role_in(
        by,
        agency_id,
        Role.COR,
        Role.CONTRACTING_OFFICER,
        doing="resolve a discrepancy",
    )
    return as_representative(verdict, by, contract, on)


def can_withdraw_finding(by: Actor, finding: Finding) -> Verdict:
    """A signer of the vendor, who gives up what the vendor asked for."""
    return role_in(
        by,
        finding.order.contract.vendor_id,
        Role.VENDOR_SIGNER,
        doing="withdraw what the vendor asked for",
    )


def can_remind_overdue_findings(by: Actor) -> Verdict:
    """The nightly job alone."""
    if by.is_system:
        return Allowed()
    return Refused("Only the system reminds of what is overdue.")

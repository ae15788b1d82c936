"""Who may report, invoice, return and withdraw."""

from __future__ import annotations

from datetime import date

from accounts.permissions import role_in
from accounts.states import Role
from contracting.billing.models import CreditDue, Invoice
from contracting.contracts.models import Contract
from contracting.contracts.permissions import as_representative
from contracting.core.actors import Actor
from contracting.core.permissions import Allowed, Refused, Verdict
from contracting.orders.models import TaskOrder

REPORTS_WRITE = "reports:write"
INVOICES_WRITE = "invoices:write"


def can_receive_usage_report(by: Actor, order: TaskOrder) -> Verdict:
    """The contract's vendor: a member, or its system's key."""
    return _vendor(by, order.contract.vendor_id, REPORTS_WRITE, "report usage")


def can_receive_invoice(by: Actor, order: TaskOrder) -> Verdict:
    """The contract's vendor: a member, or its system's key."""
    return _vendor(by, order.contract.vendor_id, INVOICES_WRITE, "submit an invoice")


def can_return_invoice(by: Actor, invoice: Invoice, on: date) -> Verdict:
    """The designated representative, or the contracting officer (R-ROL-05)."""
    return _representative(by, invoice.order, on, "return an invoice")


def can_record_invoice(by: Actor, order: TaskOrder, on: date) -> Verdict:
    """The designated representative, or the contracting officer (R-ROL-05)."""
    return _representative(by, order, on, "record an invoice")


def can_allow_invoice_number(by: Actor, order: TaskOrder) -> Verdict:
    """The contracting officer alone (R-INV-03)."""
    return role_in(
        by,
        order.contract.agency_id,
        Role.CONTRACTING_OFFICER,
        doing="let an invoice number be used once more",
    )


def can_register_signing_key(by: Actor, vendor_id: int) -> Verdict:
    """A signer or an administrator of the vendor."""
    return role_in(
        by,
        vendor_id,
        Role.VENDOR_SIGNER,
        Role.VENDOR_ADMINISTRATOR,
        doing="register a signing key",
    )


def can_ask_for_report(by: Actor, order: TaskOrder, on: date) -> Verdict:
    """The nightly job, the designated representative, the contracting officer."""
    if by.is_system:
        return Allowed()
    return _representative(by, order, on, "ask for a report")


def can_state_no_report(by: Actor, order: TaskOrder, on: date) -> Verdict:
    """The vendor itself; for what was said or could not be asked, the agency."""
    if by.is_vendor:
        return _vendor(
            by, order.contract.vendor_id, REPORTS_WRITE, "state that there was no usage"
        )
    return _representative(by, order, on, "record that there is no report")


def can_send_overdue_letter(by: Actor, order: TaskOrder) -> Verdict:
    """The contracting officer alone."""
    return role_in(
        by,
        order.contract.agency_id,
        Role.CONTRACTING_OFFICER,
        doing="write about an overdue report",
    )


def can_record_reporting_terms(by: Actor, contract: Contract) -> Verdict:
    """The contracting officer alone."""
    return role_in(
        by,
        contract.agency_id,
        Role.CONTRACTING_OFFICER,
        doing="record what a clause says of late reports",
    )


def _representative(by: Actor, order: TaskOrder, on: date, doing: str) -> Verdict:
    contract = order.contract
    verdict = role_in(
        by, contract.agency_id, Role.COR, Role.CONTRACTING_OFFICER, doing=doing
    )
    return as_representative(verdict, by, contract, on)


def can_record_credit(by: Actor, order: TaskOrder, on: date) -> Verdict:
    """Who decides for the agency, or finds what was paid too much; and the vendor."""
    contract = order.contract
    if by.is_vendor:
        return _vendor(by, order.contract.vendor_id, INVOICES_WRITE, "record a credit")
    verdict = role_in(
        by,
        contract.agency_id,
        Role.CONTRACTING_OFFICER,
        Role.COR,
        Role.PAYMENT_CERTIFIER,
        doing="record a credit",
    )
    return as_representative(verdict, by, contract, on)


def can_cancel_credit(by: Actor, credit: CreditDue) -> Verdict:
    """A contracting officer of the agency to which it is owed."""
    return role_in(
        by,
        credit.order.contract.agency_id,
        Role.CONTRACTING_OFFICER,
        doing="cancel a credit",
    )


def can_withdraw_invoice(by: Actor, invoice: Invoice) -> Verdict:
    """The vendor that sent it."""
    return _vendor(by, invoice.vendor_id, INVOICES_WRITE, "withdraw an invoice")


def _vendor(by: Actor, vendor_id: int, scope: str, doing: str) -> Verdict:
    if by.is_key:
        if not by.acts_for(vendor_id):
            return Refused("This key belongs to another organization.")
        if scope not in by.scopes:
            return Refused(f"This key lacks the scope {scope}.")
        return Allowed()
    return role_in(
        by,
        vendor_id,
        Role.VENDOR_MEMBER,
        Role.VENDOR_SIGNER,
        Role.VENDOR_ADMINISTRATOR,
        doing=doing,
    )


def can_remind_of_invoices(by: Actor) -> Verdict:
    """The schedule; nobody else sends reminders in its name."""
    if by.is_system:
        return Allowed()
    return Refused("Reminders are sent by the schedule.")

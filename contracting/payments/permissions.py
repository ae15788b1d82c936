"""Who may certify and record a payment."""

from __future__ import annotations

from accounts.permissions import role_in, scope_in
from accounts.states import Role, Scope
from contracting.billing.models import CreditDue, Invoice
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.permissions import Allowed, Refused, Verdict
from contracting.payments.models import PaymentCertification
from contracting.reconciliation.models import Acceptance

RULE = "R-ROL-04"


def can_certify_payment(by: Actor, invoice: Invoice) -> Verdict:
    """A certifying officer who neither accepted the usage nor signed what binds for it.

    31 U.S.C. 3528; FAR 46.5 (R-ROL-04).
    """
    order = invoice.order
    verdict = role_in(
        by,
        order.contract.agency_id,
        Role.PAYMENT_CERTIFIER,
        doing="certify a payment",
        rule=RULE,
    )
    if isinstance(verdict, Refused):
        return verdict
    acceptors = Acceptance.objects.filter(
        invoice=invoice, accepted_by__user_id=by.own_user_id
    )
    if acceptors.exists():
        return Refused("You accepted this usage; somebody else certifies.", RULE)
    signers = {
        member.user_id
        for member in (order.signed_by, order.contract.signed_by)
        if member is not None
    }
    if by.user_id in signers:
        return Refused("You signed the order; somebody else certifies payment.", RULE)
    for signed, what in (
        (order.modifications, "a modification of the order"),
        (order.contract.modifications, "a modification of the contract"),
        (order.contract.letters, "a letter under the contract"),
    ):
        if signed.filter(signed_by__user_id=by.own_user_id).exists():
            return Refused(f"You signed {what}; somebody else certifies.", RULE)
    return Allowed()


def can_record_payment(by: Actor, certification: PaymentCertification) -> Verdict:
    """A certifying officer of the agency, or the finance system's own confirmation."""
    agency_id = certification.invoice.order.contract.agency_id
    return _finance(by, agency_id, "record a payment")


def can_authorize_early_payment(
    by: Actor, certification: PaymentCertification
) -> Verdict:
    """Finance: whoever certifies funds, for the chief financial officer (R-PAY-04)."""
    return role_in(
        by,
        certification.invoice.order.contract.agency_id,
        Role.FUNDS_CERTIFIER,
        doing="authorize an early payment",
        rule="R-PAY-04",
    )


def can_state_acceptance_period(by: Actor, contract: Contract) -> Verdict:
    """A contracting officer of the agency (R-PAY-02)."""
    return role_in(
        by,
        contract.agency_id,
        Role.CONTRACTING_OFFICER,
        doing="state a longer time to accept",
        rule="R-PAY-02",
    )


def can_record_refund(by: Actor, credit: CreditDue) -> Verdict:
    """A certifying officer of the agency, or finance, from the deposit that came in."""
    return _finance(by, credit.order.contract.agency_id, "record a refund")


def can_demand_refund(by: Actor, credit: CreditDue) -> Verdict:
    """The contracting officer, to whom the debt is owed (FAR 32.604)."""
    return role_in(
        by,
        credit.order.contract.agency_id,
        Role.CONTRACTING_OFFICER,
        doing="demand a refund",
        rule="R-PAY-06",
    )


def can_waive_credit(by: Actor, credit: CreditDue) -> Verdict:
    """The contracting officer, within the ceiling of R-PAY-06 (31 U.S.C. 3711)."""
    return role_in(
        by,
        credit.order.contract.agency_id,
        Role.CONTRACTING_OFFICER,
        doing="waive a credit",
        rule="R-PAY-06",
    )


def can_export_payments(by: Actor, agency_id: int) -> Verdict:
    """A certifying officer of the agency, or the finance system that fetches them.

    Every voucher in a batch was certified by a person.
    """
    return _finance(by, agency_id, "exchange files with finance")


def _finance(by: Actor, agency_id: int, doing: str) -> Verdict:
    """What records a fact of the finance system, and neither certifies nor approves."""
    if by.is_key and not by.is_agency:
        return Refused("Only a key of the agency exchanges files with finance.")
    if by.is_key:
        return scope_in(by, agency_id, Scope.PAYMENTS_WRITE)
    return role_in(by, agency_id, Role.PAYMENT_CERTIFIER, doing=doing)

"""Who may explain, sign off, close and open a month, and who accrues."""

from __future__ import annotations

from datetime import date

from accounts.permissions import other_person, role_in
from accounts.states import ReviewField, Role
from contracting.contracts.permissions import as_representative
from contracting.core.actors import Actor
from contracting.core.permissions import Allowed, Refused, Verdict
from contracting.orders.models import TaskOrder
from contracting.periods.models import SignOff
from contracting.periods.states import SignOffPart
from contracting.reconciliation.models import Finding
from contracting.reconciliation.permissions import can_resolve_finding

TWO_PEOPLE = "R-ROL-04"


def can_explain_period(by: Actor, order: TaskOrder, on: date) -> Verdict:
    """The designated representative, or the contracting officer."""
    contract = order.contract
    verdict = role_in(
        by,
        contract.agency_id,
        Role.COR,
        Role.CONTRACTING_OFFICER,
        doing="explain what stands in the way of a month",
    )
    return as_representative(verdict, by, contract, on)


def part_of(by: Actor) -> SignOffPart | None:
    """For which side this person may give their word."""
    if by.has_role(Role.COR):
        return SignOffPart.REPRESENTATIVE
    is_finance = by.has_role(Role.REVIEWER) and by.review_field == ReviewField.FINANCE
    if is_finance or by.has_role(Role.PAYMENT_CERTIFIER):
        return SignOffPart.FINANCE
    return None


def can_sign_off_period(
    by: Actor, order: TaskOrder, on: date, given: SignOff | None = None
) -> Verdict:
    """The representative for the usage; finance or a certifier for the money.

    :param given: the word of the other side, which another person has to have given
    """
    contract = order.contract
    verdict = role_in(
        by,
        contract.agency_id,
        Role.COR,
        Role.PAYMENT_CERTIFIER,
        Role.REVIEWER,
        doing="sign off a month",
    )
    if isinstance(verdict, Refused):
        return verdict
    if part_of(by) is None:
        return Refused("Only a reviewer of finance signs off a month.")
    verdict = as_representative(verdict, by, contract, on)
    if isinstance(verdict, Refused) or given is None:
        return verdict
    return other_person(
        by,
        given.signed_by.user_id,
        "You signed off this month for the other side; somebody else does it here.",
        TWO_PEOPLE,
    )


def can_close_period(by: Actor, order: TaskOrder, on: date) -> Verdict:
    """The contracting officer, the representative or a payment certifier."""
    contract = order.contract
    verdict = role_in(
        by,
        contract.agency_id,
        Role.CONTRACTING_OFFICER,
        Role.COR,
        Role.PAYMENT_CERTIFIER,
        doing="close a month",
    )
    return as_representative(verdict, by, contract, on)


def can_reopen_period(by: Actor, order: TaskOrder) -> Verdict:
    """The contracting officer alone, with a reason."""
    return role_in(
        by,
        order.contract.agency_id,
        Role.CONTRACTING_OFFICER,
        doing="open a closed month again",
        rule="R-MET-05",
    )


def can_settle_adjustment(by: Actor, finding: Finding, on: date) -> Verdict:
    """Whoever may resolve a discrepancy of that size."""
    return can_resolve_finding(by, finding, on)


def can_accrue_month(by: Actor, order: TaskOrder) -> Verdict:
    """The nightly job; a person of finance where it has not run."""
    if by.is_system:
        return Allowed()
    return role_in(
        by,
        order.contract.agency_id,
        Role.PAYMENT_CERTIFIER,
        Role.FUNDS_CERTIFIER,
        doing="accrue a month",
    )


def can_reverse_accruals(by: Actor, order: TaskOrder) -> Verdict:
    """The same as may accrue."""
    return can_accrue_month(by, order)

"""Who may create lines of accounting, allot funds to them, and see them."""

from __future__ import annotations

from accounts.states import Role
from contracting.core.actors import Actor
from contracting.core.permissions import Allowed, Refused, Verdict
from contracting.ledger.models import LineOfAccounting
from contracting.ledger.queries import imbalances_of

_SEES_FUNDS = (
    Role.FUNDS_CERTIFIER,
    Role.CONTRACTING_OFFICER,
    Role.AUDITOR,
    Role.ADMINISTRATOR,
)


def can_create_line_of_accounting(by: Actor, agency_id: int | None) -> Verdict:
    """A funds certifier keeps the lines of accounting of the own agency."""
    return _keeps_funds(by, agency_id)


def can_allot_funds(by: Actor, line: LineOfAccounting) -> Verdict:
    """A funds certifier allots funds to a line of accounting of the own agency.

    While its books do not add up nothing is moved on it.
    """
    verdict = _keeps_funds(by, line.agency_id)
    if not isinstance(verdict, Refused) and imbalances_of([line.pk]):
        return Refused(
            "What is kept for this line of accounting is not the sum of its rows. It "
            "can only be read until an administrator has found out why."
        )
    return verdict


def can_see_funds(by: Actor) -> Verdict:
    """Funds are shown to those who certify, bind or audit them."""
    if by.is_agency and by.has_role(*_SEES_FUNDS):
        return Allowed()
    return Refused(
        "Funds are shown to funds certifiers, contracting officers, auditors and "
        "administrators."
    )


def can_see_statement(by: Actor) -> Verdict:
    """Any person of the agency may open the rows behind an amount."""
    if by.is_agency and by.is_person:
        return Allowed()
    return Refused("The statement of a line is shown to people of its agency.")


def _keeps_funds(by: Actor, agency_id: int | None) -> Verdict:
    if by.is_system:
        return Allowed()
    if by.has_role(Role.FUNDS_CERTIFIER) and by.acts_for(agency_id):
        return Allowed()
    return Refused("Only a funds certifier of the agency keeps its funds.")

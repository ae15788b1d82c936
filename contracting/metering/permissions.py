"""Who may report, assign and correct usage."""

from __future__ import annotations

from datetime import date

from accounts.permissions import role_in, scope_in
from accounts.states import Role, Scope
from contracting.contracts.permissions import as_representative
from contracting.core.actors import Actor
from contracting.core.permissions import Allowed, Refused, Verdict
from contracting.orders.models import OrderLine, TaskOrder


def can_register_source(by: Actor, agency_id: int | None) -> Verdict:
    """An administrator of the agency."""
    if by.is_system:
        return Allowed()
    return role_in(by, agency_id, Role.ADMINISTRATOR, doing="register a usage source")


def can_ingest_usage(by: Actor, agency_id: int, source: str = "") -> Verdict:
    """The gateway's own key, or the COR or CO of the agency with a file.

    :param source: the code of the source, where one is named
    """
    if not by.is_key:
        roles = (Role.COR, Role.CONTRACTING_OFFICER, Role.ADMINISTRATOR)
        return role_in(by, agency_id, *roles, doing="import usage")
    verdict = scope_in(by, agency_id, Scope.USAGE_WRITE)
    if isinstance(verdict, Refused):
        return verdict
    if by.sources and source not in by.sources:
        return Refused("This key may not write for this source.")
    return verdict


def can_assign_usage(by: Actor, agency_id: int) -> Verdict:
    """The representative or the contracting officer of the agency (R-MET-08)."""
    return role_in(
        by, agency_id, Role.COR, Role.CONTRACTING_OFFICER, doing="assign held usage"
    )


def can_assign_usage_to_order(by: Actor, order: TaskOrder, on: date) -> Verdict:
    """The contract's designated representative, or a contracting officer (R-MET-08).

    :param on: the day on which the designation must be in force (R-ROL-05)
    """
    verdict = can_assign_usage(by, order.contract.agency_id)
    return as_representative(verdict, by, order.contract, on)


def can_dispose_usage(by: Actor, agency_id: int) -> Verdict:
    """The representative or the contracting officer of the agency (R-MET-08)."""
    return role_in(
        by,
        agency_id,
        Role.COR,
        Role.CONTRACTING_OFFICER,
        doing="dispose of held usage",
    )


def can_remind_suspense(by: Actor) -> Verdict:
    """The schedule; nobody else sends reminders in its name."""
    if by.is_system:
        return Allowed()
    return Refused("Reminders are sent by the schedule.")


def can_correct_usage(by: Actor, agency_id: int) -> Verdict:
    """The representative of the agency, with a reason."""
    return role_in(by, agency_id, Role.COR, doing="correct metered usage")


def can_rate_order_line(by: Actor, line: OrderLine) -> Verdict:
    """The same, of an order line; only what is priced by volume is rated."""
    if not line.contract_line.is_by_volume:
        return Refused(f"Line {line.clin} has the same price at every volume.")
    return can_rate_period(by, line.order.contract.agency_id)


def can_rate_period(by: Actor, agency_id: int) -> Verdict:
    """The schedule, or the representative or contracting officer of the agency."""
    if by.is_system:
        return Allowed()
    return role_in(
        by, agency_id, Role.COR, Role.CONTRACTING_OFFICER, doing="rate a period"
    )

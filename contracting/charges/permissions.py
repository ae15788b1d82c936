"""Who may say what was received and how much is in force."""

from __future__ import annotations

from datetime import date

from accounts.permissions import role_in
from accounts.states import Role
from contracting.charges.models import Receipt
from contracting.contracts.permissions import as_representative
from contracting.core.actors import Actor
from contracting.core.permissions import Allowed, Refused, Verdict
from contracting.orders.models import TaskOrder
from contracting.orders.states import TaskOrderState


def can_charge_calendar(by: Actor) -> Verdict:
    """The schedule; nobody else charges in its name."""
    if by.is_system:
        return Allowed()
    return Refused("What the calendar makes due is charged by the schedule.")


def can_record_receipt(by: Actor, order: TaskOrder, on: date) -> Verdict:
    """The contract's designated representative (R-ROL-05), on a signed order."""
    verdict = role_in(
        by, order.contract.agency_id, Role.COR, doing="record what was received"
    )
    return _on_open(as_representative(verdict, by, order.contract, on), order)


def can_reverse_receipt(by: Actor, receipt: Receipt, on: date) -> Verdict:
    """The contract's designated representative, like the receipt itself."""
    return can_record_receipt(by, receipt.line.order, on)


def can_change_quantity(by: Actor, order: TaskOrder, on: date) -> Verdict:
    """A contracting officer, or the designated representative within the order."""
    verdict = role_in(
        by,
        order.contract.agency_id,
        Role.CONTRACTING_OFFICER,
        Role.COR,
        doing="change what is in force under an order",
    )
    return _on_open(as_representative(verdict, by, order.contract, on), order)


def _on_open(verdict: Verdict, order: TaskOrder) -> Verdict:
    if isinstance(verdict, Refused):
        return verdict
    if order.state not in {TaskOrderState.ISSUED, TaskOrderState.COMPLETED}:
        return Refused(f"This task order is {order.get_state_display()}.")
    return verdict


def can_charge_adjustment(by: Actor, order: TaskOrder, on: date) -> Verdict:
    """Whoever may settle a difference: representative or contracting officer."""
    verdict = role_in(
        by,
        order.contract.agency_id,
        Role.CONTRACTING_OFFICER,
        Role.COR,
        doing="charge an adjustment",
    )
    return as_representative(verdict, by, order.contract, on)


def can_charge_settlement(by: Actor, order: TaskOrder) -> Verdict:
    """A contracting officer of the agency, who has decided it."""
    return role_in(
        by,
        order.contract.agency_id,
        Role.CONTRACTING_OFFICER,
        doing="charge a settlement",
    )


def can_fund_charges(by: Actor, order: TaskOrder) -> Verdict:
    """A contracting officer of the agency, who signs what brings the funds."""
    return role_in(
        by,
        order.contract.agency_id,
        Role.CONTRACTING_OFFICER,
        doing="make charges payable",
    )

"""Who may look at alarms, and who raises them."""

from __future__ import annotations

from accounts.permissions import role_in
from accounts.states import Role
from contracting.core.actors import Actor
from contracting.core.permissions import Allowed, Refused, Verdict
from contracting.orders.models import TaskOrder
from contracting.watch.models import Alarm

WATCHERS = (Role.COR, Role.CONTRACTING_OFFICER, Role.PROGRAM_MANAGER)


def can_raise_alarms(by: Actor) -> Verdict:
    """The schedule; people act on what it raises."""
    if by.is_system:
        return Allowed()
    return Refused("Alarms are raised by the schedule.")


def can_tell_forecast(by: Actor) -> Verdict:
    """The schedule; nobody else gives notice in its name (R-FND-07)."""
    if by.is_system:
        return Allowed()
    return Refused("Notices of funds are given by the schedule.", "R-FND-07")


def can_acknowledge_alarm(by: Actor, alarm: Alarm) -> Verdict:
    """The representative, the officer or the program manager of the agency."""
    return role_in(by, alarm.agency_id, *WATCHERS, doing="act on this alarm")


def can_close_alarm(by: Actor, alarm: Alarm) -> Verdict:
    """The same."""
    return can_acknowledge_alarm(by, alarm)


def can_set_alert_rule(by: Actor, order: TaskOrder) -> Verdict:
    """The same, of an order of their own agency."""
    return role_in(
        by, order.contract.agency_id, *WATCHERS, doing="set a rule of this order"
    )


def can_end_alert_rule(by: Actor, order: TaskOrder) -> Verdict:
    """The same."""
    return can_set_alert_rule(by, order)


def can_plan_use(by: Actor, order: TaskOrder) -> Verdict:
    """The same: whoever answers for the order knows who begins to use it."""
    return role_in(
        by, order.contract.agency_id, *WATCHERS, doing="plan use of this order"
    )


def can_withdraw_planned_use(by: Actor, order: TaskOrder) -> Verdict:
    """The same."""
    return can_plan_use(by, order)

"""Limit what is spent of an order, a CLIN, a project or a key."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Final

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.core.quantities import Dollars, Tokens
from contracting.metering import events, permissions
from contracting.metering.models import FundsGate, GateCounter, SpendingLimit
from contracting.metering.operations.sweep import _lock_gate
from contracting.metering.queries.recount import COUNTED, recounted
from contracting.metering.refusals import BadLimit
from contracting.metering.states import LimitScope
from contracting.orders.models import TaskOrder
from contracting.orders.states import TaskOrderState

SETTABLE: Final = (
    LimitScope.ORDER,
    LimitScope.CLIN,
    LimitScope.PROJECT,
    LimitScope.KEY,
)


@transaction.atomic
def limit_spending(
    *,
    order_id: int,
    scope: str,
    name: str,
    tokens: Tokens | None,
    dollars: Dollars | None,
    valid_from: date,
    reason: str,
    by: Actor,
    at: datetime,
) -> SpendingLimit:
    """Set the most that may be used under a name, over the life of the order.

    It holds from its first day until another is set; neither amount lifts it. What is
    used and reserved already counts. Of an order and a CLIN all usage counts; of a
    project and a key what was authorized under their name.

    :param name: the number of the CLIN, the project, or the key as gateways name it
    :raises NotAllowed: unless ``by`` is the contract's designated representative or a
        contracting officer of the agency
    :raises BadLimit: if the order is not in force, has nothing of that name, an amount
        is negative, the first day is over, or no reason is given
    """
    order_row = TaskOrder.objects.select_related("contract").get(pk=order_id)
    gate = _lock_gate(order_row.pk)
    today = accounting_day(at, order_row.contract.time_zone)
    require(permissions.can_limit_spending(by, order_row, today))
    _guard(order_row, scope, name.strip(), tokens, dollars, valid_from, reason, today)
    limit = SpendingLimit.objects.create(
        gate=gate,
        scope=scope,
        name=name.strip(),
        tokens=None if tokens is None else tokens.count,
        dollars=None if dollars is None else dollars.amount,
        valid_from=valid_from,
        reason=reason.strip(),
        set_by=by.name,
        set_at=at,
    )
    if scope in COUNTED:
        _count(gate, LimitScope(scope), limit.name)
    record_event(
        events.SPENDING_LIMITED,
        subject=order_row.subject,
        by=by,
        at=at,
        data={
            "scope": scope,
            "name": limit.name,
            "tokens": limit.tokens,
            "dollars": dollars,
            "valid_from": valid_from,
            "reason": limit.reason,
        },
    )
    return limit


def _guard(
    order: TaskOrder,
    scope: str,
    name: str,
    tokens: Tokens | None,
    dollars: Dollars | None,
    valid_from: date,
    reason: str,
    today: date,
) -> None:
    if order.state != TaskOrderState.ISSUED:
        message = f"Order {order.name} is {order.get_state_display()}."
        raise BadLimit(message)
    if scope not in SETTABLE:
        message = "Say what is limited: the order, a contract line, a project or a key."
        raise BadLimit(message, pointer="/scope")
    if (scope == LimitScope.ORDER) == bool(name):
        message = "Name the contract line, project or key; an order needs no name."
        raise BadLimit(message, pointer="/name")
    if scope == LimitScope.CLIN and name not in {
        line.clin for line in order.current_lines()
    }:
        message = f"Order {order.name} has no contract line {name}."
        raise BadLimit(message, pointer="/name")
    below = (tokens is not None and tokens.count < 0) or (
        dollars is not None and dollars.amount < Decimal(0)
    )
    if below:
        message = "A limit is zero or more."
        raise BadLimit(message, pointer="/dollars")
    if valid_from < today:
        message = f"A limit holds from today ({today}) or later."
        raise BadLimit(message, pointer="/valid_from")
    if not reason.strip():
        message = "Say why the limit is set."
        raise BadLimit(message, pointer="/reason")


def _count(gate: FundsGate, scope: LimitScope, name: str) -> None:
    """Begin to count what is reserved and used under a name, with what was before."""
    if GateCounter.objects.filter(gate=gate, scope=scope, name=name).exists():
        return
    tokens, dollars, units, used, spent = recounted(gate.pk, scope, name)
    GateCounter.objects.create(
        gate=gate,
        scope=scope,
        name=name,
        mode=gate.mode,
        reserved_tokens=tokens,
        reserved_dollars=dollars,
        reserved_micro_acu=units,
        used_tokens=used,
        used_dollars=spent,
    )

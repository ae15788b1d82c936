"""Say in what shares invoices are whose, from a day on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from django.db import transaction

from contracting.allocations import events, permissions
from contracting.allocations.calculations import NOBODY, WHOLE, Target
from contracting.allocations.models import AllocationRule, AllocationShare
from contracting.allocations.refusals import AllocationWrong
from contracting.audit.operations.record import record_event
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.orders.models import OrderLine, TaskOrder

MOST_SHARES: Final = 200
_LONGEST: Final = 80
_FINEST: Final = Decimal("0.0001")


@transaction.atomic
def set_allocation(
    *,
    contract_id: int,
    order_id: int | None = None,
    order_line_id: int | None = None,
    shares: Sequence[tuple[Target, Decimal]],
    valid_from: date,
    reason: str,
    by: Actor,
    at: datetime,
) -> AllocationRule:
    """Share out what is invoiced of a contract, an order or a line, from a day on.

    What held from that day on in the same scope is superseded, and stays on record.
    What the shares leave of the whole is shown as unallocated.

    :param order_id: of the contract; with ``order_line_id``, a line of this order
    :param shares: percent of each office, project and capability; at most 100 together,
        each at least 0.0001
    :param valid_from: in the contract's time zone
    :raises NotAllowed: unless ``by`` is program manager, representative or contracting
        officer of the agency
    :raises AllocationWrong: for a scope that is not of the contract, for shares of
        nobody, twice the same or of more than the whole, or without a reason
    """
    contract = Contract.objects.locked().get(pk=contract_id)
    require(permissions.can_set_allocation(by, contract))
    order, line = _scope(contract, order_id, order_line_id)
    if not reason.strip():
        message = "Say what the shares rest on."
        raise AllocationWrong(message, pointer="/reason")
    _guard(shares)
    rule = AllocationRule.objects.create(
        contract=contract,
        order=order,
        order_line=line,
        valid_from=valid_from,
        reason=reason.strip(),
        set_by_id=by.own_membership_id,
        set_at=at,
    )
    AllocationShare.objects.bulk_create(
        AllocationShare(
            rule=rule, position=position, percent=percent, **target._asdict()
        )
        for position, (target, percent) in enumerate(shares, start=1)
    )
    record_event(
        events.ALLOCATION_SET,
        subject=rule.subject,
        by=by,
        at=at,
        data={
            "scope": rule.scope,
            "valid_from": valid_from,
            "shares": [[*target, f"{percent:f}"] for target, percent in shares],
        },
    )
    return rule


def _scope(
    contract: Contract, order_id: int | None, line_id: int | None
) -> tuple[TaskOrder | None, OrderLine | None]:
    """:raises AllocationWrong: if the order or line is not of the contract"""
    if order_id is None and line_id is None:
        return None, None
    order = TaskOrder.objects.filter(contract=contract, pk=order_id or 0).first()
    lines = OrderLine.objects.select_related("contract_line")
    line = lines.filter(order=order, pk=line_id).first() if line_id else None
    if order is None or (line_id is not None and line is None):
        message = "Choose the contract, an order under it or a line of this order."
        raise AllocationWrong(message, pointer="/scope")
    return order, line


def _guard(shares: Sequence[tuple[Target, Decimal]]) -> None:
    """:raises AllocationWrong: unless they are parts of one whole, each somebody's"""
    targets = [target for target, _ in shares]
    if len(shares) > MOST_SHARES or len(set(targets)) < len(targets):
        message = f"Name each at most once, and at most {MOST_SHARES} in all."
        raise AllocationWrong(message, pointer="/shares")
    names = [name for target in targets for name in target]
    if NOBODY in targets or any(len(name) > _LONGEST for name in names):
        message = (
            "Each share has an office, a project or a capability, of at most "
            f"{_LONGEST} characters."
        )
        raise AllocationWrong(message, pointer="/shares")
    if any(percent < _FINEST or percent % _FINEST for _, percent in shares):
        message = "Each share is above zero, with at most four digits after the point."
        raise AllocationWrong(message, pointer="/shares")
    whole = sum((percent for _, percent in shares), Decimal(0))
    if whole > WHOLE:
        message = f"The shares come to {whole:f} percent; the whole is 100."
        raise AllocationWrong(message, pointer="/shares", percent=whole)

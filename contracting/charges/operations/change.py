"""Say how many seats, bundles or units of capacity are in force from a day on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.charges import events, permissions, queries
from contracting.charges.models import QuantityChange
from contracting.charges.operations.charge import (
    Charged,
    _charge_line,
    _Key,
    _lock_order,
    _plan_line,
)
from contracting.charges.refusals import (
    DayOutside,
    NotOfThisStructure,
    PeriodAccepted,
    QuantityInvalid,
    WordsMissing,
)
from contracting.charges.states import BY_CALENDAR
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.ledger.queries import lock_funds
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.orders.models import OrderLine, TaskOrder

MOST = 10_000_000


@transaction.atomic
def change_quantity(
    *,
    order_line_id: int,
    effective_on: date,
    quantity: int,
    reason: str,
    by: Actor,
    at: datetime,
) -> QuantityChange:
    """Record another quantity; what is charged already follows it at once.

    An earlier row is never changed: of one day the last word counts.

    :param effective_on: the first day, in the contract's time zone
    :param quantity: how many are in force from then on; none ends it
    :raises NotAllowed: if ``by`` is neither contracting officer nor designated COR
    :raises NotOfThisStructure: if the line is not due by the calendar
    :raises DayOutside: outside the period of performance
    :raises QuantityInvalid: if it is negative or beyond all reason
    :raises WordsMissing: without a reason
    :raises PeriodAccepted: if it would change what is accepted (R-MET-05)
    """
    order_id = OrderLine.objects.values_list("order_id", flat=True).get(
        pk=order_line_id
    )
    order = _lock_order(order_id)
    require(permissions.can_change_quantity(by, order, queries.day_of(at, order)))
    line = OrderLine.objects.select_related("contract_line").get(pk=order_line_id)
    line.order = order
    _guard(line, order, effective_on, quantity, reason)
    lock_funds(holders=[line.holder])
    before = _plan_line(line, at).accepted
    change = QuantityChange.objects.create(
        line=line,
        effective_on=effective_on,
        quantity=quantity,
        reason=reason.strip(),
        recorded_by_id=by.own_membership_id,
        change_recorded_at=at,
    )
    result = Charged()
    _charge_line(line, result, by, at)
    _require_open(effective_on, before, result.accepted)
    post_notice(
        recipients=[Recipient(organization_id=order.contract.vendor_id)],
        subject=order.subject,
        title=f"Line {line.clin} of order {order.piid}: {quantity:,} in force",
        body=f"From {effective_on} on. {change.reason}",
        url_path=f"{order.path}/charges",
        by=by,
        at=at,
    )
    record_event(
        events.QUANTITY_CHANGED,
        subject=change.subject,
        by=by,
        at=at,
        data={
            "clin": line.clin,
            "effective_on": effective_on,
            "quantity": quantity,
            "reason": change.reason,
            "charged": len(result.made),
            "reversed": len(result.reversed),
        },
    )
    return change


def _require_open(
    effective_on: date, before: Mapping[_Key, str], after: Mapping[_Key, str]
) -> None:
    """Insist that the change itself makes nothing due otherwise that is accepted.

    What was due otherwise before it, such as after a credit, stands in no way.
    """
    touched = [
        number
        for key, number in {**after, **before}.items()
        if (key in before) != (key in after)
    ]
    if after and touched:
        number = touched[0]
        message = (
            f"Days from {effective_on} on are accepted on invoice {number}. Let the "
            "change begin after its period; what was accepted too much or too little "
            "is settled with the vendor."
        )
        raise PeriodAccepted(message, invoice=number)


def _guard(
    line: OrderLine, order: TaskOrder, effective_on: date, quantity: int, reason: str
) -> None:
    if line.is_removed or line.contract_line.structure not in BY_CALENDAR:
        message = f"Line {line.clin} has no quantity that is in force by the calendar."
        raise NotOfThisStructure(message, clin=line.clin)
    if not order.period_start <= effective_on <= order.period_end:
        message = (
            f"{effective_on} lies outside the period of performance, "
            f"{order.period_start} to {order.period_end}."
        )
        raise DayOutside(message)
    if not 0 <= quantity <= MOST:
        message = f"A quantity lies between 0 and {MOST:,}."
        raise QuantityInvalid(message)
    if not reason.strip():
        message = "Say why another quantity is in force."
        raise WordsMissing(message, pointer="/reason")

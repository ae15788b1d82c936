"""Charge what the calendar has made due: months, days of hours, parts of months."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from contracting.audit.operations.record import record_event
from contracting.charges import events, permissions, queries
from contracting.charges.models import Charge, Receipt
from contracting.charges.states import ChargeSource, Due
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.periods import Period, day_bounds, days_bounds
from contracting.core.permissions import require
from contracting.core.quantities import Dollars
from contracting.ledger.operations.charge import charge_funds
from contracting.ledger.operations.reverse import reverse_transfer
from contracting.ledger.queries import lock_funds
from contracting.ledger.queries.charged import standing_because
from contracting.orders.models import OrderLine, TaskOrder


@dataclass(slots=True)
class Charged:
    """What one run has charged and taken back, and what acceptance kept it from."""

    made: list[Charge] = field(default_factory=list)
    reversed: list[Charge] = field(default_factory=list)
    accepted: list[str] = field(default_factory=list)


@transaction.atomic
def charge_calendar(*, order_id: int, by: Actor, at: datetime) -> Charged:
    """Charge seats, bundles and reserved capacity for the time that has passed.

    May run twice: what is charged already stays. What became due in another amount,
    since a quantity, a price or the period changed, is reversed and charged anew; what
    is accepted on an invoice is left as it is and named.

    :raises NotAllowed: if ``by`` is not the schedule
    """
    order = _lock_order(order_id)
    require(permissions.can_charge_calendar(by))
    result = Charged()
    lines = queries.lines_by_calendar(order)
    lock_funds(holders=[line.holder for line in lines])
    for line in lines:
        _charge_line(line, result, by, at)
    if result.made or result.reversed:
        record_event(
            events.CALENDAR_CHARGED,
            subject=order.subject,
            by=by,
            at=at,
            data={
                "charges": [_plain(charge) for charge in result.made],
                "reversed": [_plain(charge) for charge in result.reversed],
                "left_as_accepted": result.accepted,
            },
        )
    return result


def _lock_order(order_id: int) -> TaskOrder:
    """The order, with its contract and itself locked, in this order."""
    contract_id = TaskOrder.objects.values_list("contract_id", flat=True).get(
        pk=order_id
    )
    Contract.objects.locked().get(pk=contract_id)
    return (
        TaskOrder.objects.locked().select_related("contract__agency").get(pk=order_id)
    )


def _charge_line(line: OrderLine, result: Charged, by: Actor, at: datetime) -> None:
    """Bring the charges of one line to what is due now.

    What was charged for later days, by a run of a later night, is not touched.
    """
    order = line.order
    zone = order.contract.time_zone
    wanted = queries.due_now(line, at)
    today = day_bounds(queries.day_of(at, order), zone)
    standing = list(
        queries.standing_charges(line).filter(
            source=ChargeSource.CALENDAR, period__endswith__lte=today.start
        )
    )
    periods = {id(due): days_bounds(due.first, due.last, zone) for due in wanted}
    same = {_key(charge) for charge in standing}
    keys = {_key_of(due, periods[id(due)]): due for due in wanted}
    for charge in standing:
        if _key(charge) not in keys:
            number = queries.accepted_on(line, charge.period.lower, charge.period.upper)
            if number:
                result.accepted.append(number)
            else:
                _reverse_charge(charge, "Another amount is due.", by, at)
                result.reversed.append(charge)
    for key, due in keys.items():
        if key in same:
            continue
        period = periods[id(due)]
        number = queries.accepted_on(line, period.start, period.end)
        if number:
            result.accepted.append(number)
        else:
            result.made.append(_post_charge(line, due, period, by, at))


def _key(charge: Charge) -> tuple[object, ...]:
    return (
        charge.period.lower,
        charge.period.upper,
        charge.unit_rate_id,
        charge.units,
        charge.dollars,
    )


def _key_of(due: Due, period: Period) -> tuple[object, ...]:
    return (
        period.start,
        period.end,
        due.unit_rate_id,
        due.units,
        due.dollars.amount,
    )


def _post_charge(
    line: OrderLine,
    due: Due,
    period: Period,
    by: Actor,
    at: datetime,
    receipt: Receipt | None = None,
) -> Charge:
    """Write one charge and draw it on the funds, as far as it is ordered."""
    left = max(line.units - queries.charged_units(line), Decimal(0))
    charge = Charge.objects.create(
        line=line,
        source=ChargeSource.RECEIPT if receipt else ChargeSource.CALENDAR,
        period=DateTimeTZRange(period.start, period.end, "[)"),
        unit_rate_id=due.unit_rate_id,
        receipt=receipt,
        units=due.units,
        usd_per_unit=due.price.usd_per_unit,
        dollars=due.dollars.amount,
        charged_by_name=by.name,
        charged_at=at,
    )
    _draw_charge(charge, _fundable(due, left), by, at)
    return charge


_AS_SHOWN: Final = Decimal("0.00001")
"""Parts of months are shown in six decimals; their last one is no excess."""


def _fundable(due: Due, left: Decimal) -> Dollars:
    """What of it is ordered: all of it, or the price of the units that are left."""
    return due.dollars if due.units <= left + _AS_SHOWN else due.price.of(left)


def _draw_charge(
    charge: Charge,
    fundable: Dollars,
    by: Actor,
    at: datetime,
    acrn: str | None = None,
) -> None:
    """Draw a charge on the funds of its line."""
    line = charge.line
    charge_funds(
        holder=line.holder,
        acrn=acrn,
        dollars=Dollars(charge.dollars),
        fundable=fundable,
        key=f"{charge.source.lower()} {line.clin} {charge.public_id}",
        because=charge.subject,
        by=by,
        at=at,
    )


def _reverse_charge(charge: Charge, reason: str, by: Actor, at: datetime) -> None:
    """Take a charge back: off the books, and no longer standing."""
    charge.reversed_at = at
    charge.save(update_fields=["reversed_at"])
    subject = charge.subject
    for transfer_id in standing_because(subject.kind, subject.id):
        reverse_transfer(
            transfer_id=transfer_id, reason=reason, because=subject, by=by, at=at
        )


def _plain(charge: Charge) -> dict[str, object]:
    return {
        "clin": charge.line.clin,
        "from": charge.period.lower,
        "to": charge.period.upper,
        "units": charge.units,
        "usd_per_unit": charge.usd_per_unit,
        "dollars": Dollars(charge.dollars),
    }

"""Charge what the calendar has made due: months, days of hours, parts of months."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

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

_Key = tuple[datetime, datetime, int | None, Decimal, Decimal]
"""A period, a price, and the units and dollars that are due or charged."""


@dataclass(slots=True)
class Charged:
    """What one run has charged and taken back, and what acceptance kept it from."""

    made: list[Charge] = field(default_factory=list)
    reversed: list[Charge] = field(default_factory=list)
    accepted: dict[_Key, str] = field(default_factory=dict)
    """The invoices on which is accepted what is due in another amount now."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """What would bring the charges of a line to what is due now."""

    wrong: list[Charge]
    missing: list[tuple[Due, Period]]
    accepted: dict[_Key, str]


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
                "left_as_accepted": list(result.accepted.values()),
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
    """Bring the charges of one line to what is due now."""
    plan = _plan_line(line, at)
    for charge in plan.wrong:
        _reverse_charge(charge, "Another amount is due.", by, at)
    result.reversed += plan.wrong
    result.made += [
        _post_charge(line, due, period, by, at) for due, period in plan.missing
    ]
    result.accepted |= plan.accepted


def _plan_line(line: OrderLine, at: datetime) -> _Plan:
    """What is to be taken back, and what to be posted; what is accepted is neither.

    What was charged for later days, by a run of a later night, is not touched.
    """
    zone = line.order.contract.time_zone
    today = day_bounds(queries.day_of(at, line.order), zone)
    rows = queries.calendar_charges(line).filter(period__endswith__lte=today.start)
    standing = {_key(charge): charge for charge in rows}
    wanted = {}
    for due in queries.due_now(line, at):
        period = days_bounds(due.first, due.last, zone)
        wanted[_key_of(due, period)] = due, period
    differing = [key for key in standing if key not in wanted]
    differing += [key for key in wanted if key not in standing]
    accepted = {
        key: number
        for key in differing
        if (number := queries.accepted_on(line, key[0], key[1]))
    }
    free = [key for key in differing if key not in accepted]
    return _Plan(
        wrong=[standing[key] for key in free if key in standing],
        missing=[wanted[key] for key in free if key in wanted],
        accepted=accepted,
    )


def _key(charge: Charge) -> _Key:
    return (
        charge.period.lower,
        charge.period.upper,
        charge.unit_rate_id,
        charge.units,
        charge.dollars,
    )


def _key_of(due: Due, period: Period) -> _Key:
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


def _fundable(due: Due, left: Decimal) -> Dollars:
    """What of it is ordered: all of it, or the price of the units that are left."""
    return due.dollars if due.units <= left + queries.AS_SHOWN else due.price.of(left)


def _draw_charge(
    charge: Charge,
    fundable: Dollars,
    by: Actor,
    at: datetime,
    acrn: str | None = None,
    dollars: Dollars | None = None,
) -> None:
    """Draw a charge, or only so much of it, on the funds of its line."""
    line = charge.line
    charge_funds(
        holder=line.holder,
        acrn=acrn,
        dollars=Dollars(charge.dollars) if dollars is None else dollars,
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

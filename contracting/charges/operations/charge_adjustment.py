"""Charge what accepted usage costs more, by what came to be known after it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from contracting.audit.operations.record import record_event
from contracting.charges import events, permissions, queries
from contracting.charges.models import Charge
from contracting.charges.operations.charge import _draw_charge
from contracting.charges.states import ChargeSource
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day, day_bounds
from contracting.core.permissions import require
from contracting.core.quantities import Dollars
from contracting.core.subjects import Subject
from contracting.orders.models import OrderLine


@transaction.atomic
def charge_adjustment(
    *, line: OrderLine, dollars: Dollars, because: Subject, by: Actor, at: datetime
) -> Charge:
    """Post an adjustment in the open period, on a day of performance (R-MET-05).

    It is invoiced, accepted, certified and paid like every other charge; what no funds
    carry of it is never payable.

    :param dollars: in whole cents, above zero
    :param because: the difference that it settles
    :raises NotAllowed: unless ``by`` is the representative or a contracting officer
    """
    order = line.order
    on = queries.day_of(at, order)
    require(
        permissions.can_charge_adjustment(
            by, order, accounting_day(at, order.contract.time_zone)
        )
    )
    day = max(min(on, order.period_end), order.period_start)
    period = day_bounds(day, order.contract.time_zone)
    charge = Charge.objects.create(
        line=line,
        source=ChargeSource.ADJUSTMENT,
        period=DateTimeTZRange(period.start, period.end, "[)"),
        units=Decimal(1),
        usd_per_unit=dollars.amount,
        dollars=dollars.amount,
        charged_by_name=by.name,
        charged_at=at,
    )
    _draw_charge(charge, dollars, by, at)
    record_event(
        events.ADJUSTMENT_CHARGED,
        subject=because,
        by=by,
        at=at,
        data={"clin": line.clin, "dollars": dollars, "charge": charge.public_id},
    )
    return charge

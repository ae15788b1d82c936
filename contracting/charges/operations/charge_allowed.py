"""Charge what was allowed on a claim of the vendor."""

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
from contracting.core.periods import day_bounds
from contracting.core.permissions import require
from contracting.core.quantities import Dollars
from contracting.core.subjects import Subject
from contracting.orders.models import OrderLine


@transaction.atomic
def charge_allowed(
    *,
    line: OrderLine,
    acrn: str,
    dollars: Dollars,
    because: Subject,
    by: Actor,
    at: datetime,
) -> Charge:
    """Post what a final decision allows, on a day of performance (FAR 33.211).

    It is invoiced as a line of the kind CLAIM, accepted, certified and paid like every
    other charge. The caller has seen to it that its funds are there.

    :param dollars: in whole cents, above zero
    :param because: the claim that allows it
    :raises NotAllowed: if ``by`` is no contracting officer of the agency
    """
    order = line.order
    require(permissions.can_charge_settlement(by, order))
    day = max(min(queries.day_of(at, order), order.period_end), order.period_start)
    period = day_bounds(day, order.contract.time_zone)
    charge = Charge.objects.create(
        line=line,
        source=ChargeSource.CLAIM,
        period=DateTimeTZRange(period.start, period.end, "[)"),
        units=Decimal(1),
        usd_per_unit=dollars.amount,
        dollars=dollars.amount,
        charged_by_name=by.name,
        charged_at=at,
    )
    _draw_charge(charge, dollars, by, at, acrn)
    record_event(
        events.CLAIM_CHARGED,
        subject=because,
        by=by,
        at=at,
        data={"clin": line.clin, "acrn": acrn, "dollars": dollars},
    )
    return charge

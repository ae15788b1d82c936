"""Charge what the settlement of a termination granted beside the usage."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from contracting.audit.operations.record import record_event
from contracting.charges import events, permissions
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
def charge_settlement(
    *,
    parts: Sequence[tuple[OrderLine, str, Dollars]],
    on: date,
    because: Subject,
    by: Actor,
    at: datetime,
) -> list[Charge]:
    """Post what was granted on the lines and ACRNs whose funds are kept for it.

    It is invoiced, accepted, certified and paid like every other charge. Its day is the
    last one of performance, since an invoice asks for nothing outside of the period.

    :param parts: order line, ACRN and dollars in whole cents
    :param on: the last day of performance, in the contract's time zone
    :param because: the termination that it settles
    :raises NotAllowed: if ``by`` is no contracting officer of the agency
    """
    charges = []
    for line, acrn, dollars in parts:
        require(permissions.can_charge_settlement(by, line.order))
        period = day_bounds(
            max(min(on, line.order.period_end), line.order.period_start),
            line.order.contract.time_zone,
        )
        charge = Charge.objects.create(
            line=line,
            source=ChargeSource.SETTLEMENT,
            period=DateTimeTZRange(period.start, period.end, "[)"),
            units=Decimal(1),
            usd_per_unit=dollars.amount,
            dollars=dollars.amount,
            charged_by_name=by.name,
            charged_at=at,
        )
        _draw_charge(charge, dollars, by, at, acrn)
        charges.append(charge)
    if charges:
        record_event(
            events.SETTLEMENT_CHARGED,
            subject=because,
            by=by,
            at=at,
            data={
                "charges": [
                    {"clin": line.clin, "acrn": acrn, "dollars": dollars}
                    for line, acrn, dollars in parts
                ]
            },
        )
    return charges

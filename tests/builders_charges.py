"""Seats, reserved capacity and services on a signed order, through the real verbs.

A supplemental agreement of 31 March adds the lines; the order runs from 13 April to 30
September 2026 and is signed on 8 April.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from contracting.billing.calculations import StatedCharge
from contracting.billing.models import Invoice
from contracting.billing.operations.receive_invoice import receive_invoice
from contracting.charges.models import QuantityChange, Receipt
from contracting.charges.operations.change import change_quantity
from contracting.charges.operations.charge import Charged, charge_calendar
from contracting.charges.operations.record import record_receipt
from contracting.contracts.models import Contract
from contracting.core.actors import SYSTEM
from contracting.core.periods import accounting_day, days_bounds
from contracting.core.quantities import (
    Dollars,
    PricePerUnit,
    Tokens,
    total_dollars,
)
from contracting.modifications.states import LineDraft as NewLine
from contracting.modifications.states import UnitRateDraft
from contracting.orders.models import OrderLine, TaskOrder
from contracting.orders.states import FundsDraft, LineDraft
from contracting.reference.states import PartMonths, PriceStructure, Unit
from tests.builders_billing import header_of
from tests.builders_modifications import issued_contract_modification
from tests.builders_orders import (
    AWARDED_AT,
    awarded_contract,
    issued_order,
    line_of_accounting,
)
from tests.cast import actor, machine

AGREED_AT = AWARDED_AT + timedelta(days=1)
FIRST_DAY = date(2026, 4, 1)
SEATS, RESERVED, SERVICE, STORAGE = "0010", "0011", "0012", "0013"

LINES: Mapping[str, tuple[str, str, str, str]] = {
    SEATS: (PriceStructure.SEATS, Unit.MONTH, "Seats of the assistant", "31.00"),
    RESERVED: (PriceStructure.RESERVED, Unit.HOUR, "Reserved capacity", "2.50"),
    SERVICE: (PriceStructure.SERVICE, Unit.EACH, "Onboarding workshops", "1250.00"),
    STORAGE: (PriceStructure.SERVICE, Unit.GIGABYTE_MONTH, "Storage", "0.023456"),
}
"""By CLIN: structure, unit, description and dollars per unit."""


def units_on_contract(
    *,
    on: Contract | None = None,
    clins: Sequence[str] = tuple(LINES),
    part_months: str = PartMonths.BY_DAY,
    at: datetime = AGREED_AT,
) -> Contract:
    """The contract with these lines added by a supplemental agreement."""
    contract = on or awarded_contract()
    issued_contract_modification(
        on=contract,
        at=at,
        description="Seats, capacity and services are bought beside tokens.",
        effective_on=at.date(),
        terms={},
        price_memo="Compared with the vendor's public price list.",
        new_lines=[
            NewLine(
                clin=clin,
                description=LINES[clin][2],
                psc="DA10",
                estimated_tokens=Tokens(0),
                ceiling_dollars=Dollars("50000.00"),
                structure=LINES[clin][0],
                unit=LINES[clin][1],
                estimated_units=Decimal(5000),
                part_months=part_months,
            )
            for clin in clins
        ],
        unit_rates=[
            UnitRateDraft(clin, PricePerUnit(LINES[clin][3]), FIRST_DAY)
            for clin in clins
        ],
    )
    return Contract.objects.get(pk=contract.pk)


def unit_line(
    clin: str,
    *,
    units: str = "1000",
    dollars: str = "40000.00",
    funded: str = "40000.00",
    **more: Any,
) -> LineDraft:
    """An order line of one of them, funded in full."""
    funds = FundsDraft("AA", line_of_accounting().pk, Dollars(funded))
    return LineDraft(
        clin=clin,
        ceiling_tokens=Tokens(0),
        ceiling_dollars=Dollars(dollars),
        funds=[funds],
        units=Decimal(units),
        **more,
    )


def unit_order(*lines: LineDraft, on: Contract | None = None, **more: Any) -> TaskOrder:
    """A signed order of these lines, or of seats alone."""
    contract = on or units_on_contract()
    return issued_order(on=contract, lines=list(lines) or [unit_line(SEATS)], **more)


def line_of(order: TaskOrder, clin: str = SEATS) -> OrderLine:
    """One line of the order, as it stands now."""
    found = OrderLine.objects.select_related("contract_line", "order__contract")
    return found.get(order=order, contract_line__clin=clin, is_removed=False)


def noon(day: date) -> datetime:
    """Noon of that day in Washington, nearly."""
    return datetime(day.year, day.month, day.day, 16, tzinfo=UTC)


def in_force(
    order: TaskOrder,
    quantity: int,
    on: date,
    *,
    clin: str = SEATS,
    at: datetime | None = None,
    by: str = "cor",
) -> QuantityChange:
    """So many are in force from that day on; recorded on it unless said otherwise."""
    return change_quantity(
        order_line_id=line_of(order, clin).pk,
        effective_on=on,
        quantity=quantity,
        reason="As the program asked.",
        by=actor(by),
        at=at or noon(on),
    )


def charged(order: TaskOrder, on: date) -> Charged:
    """The schedule has run on that day."""
    return charge_calendar(order_id=order.pk, by=SYSTEM, at=noon(on))


def received(
    order: TaskOrder,
    units: str,
    on: date,
    *,
    clin: str = SERVICE,
    rejected: str = "0",
    at: datetime | None = None,
    by: str = "cor",
) -> Receipt:
    """The representative has received so much on that day."""
    return record_receipt(
        order_line_id=line_of(order, clin).pk,
        received_on=on,
        received=Decimal(units),
        rejected=Decimal(rejected),
        words="Held as agreed.",
        evidence="List of attendance",
        by=actor(by),
        at=at or noon(on),
    )


def stated_charge(
    order: TaskOrder,
    first: date,
    last: date,
    units: str,
    amount: str,
    *,
    clin: str = SEATS,
    **more: Any,
) -> StatedCharge:
    """The vendor's invoice line for whole days."""
    period = days_bounds(first, last, order.contract.time_zone)
    price = more.pop("price", LINES.get(clin, ("", "", "", "0"))[3])
    return StatedCharge(
        clin=clin,
        period_start=period.start,
        period_end=period.end,
        units=Decimal(units),
        unit_price=PricePerUnit(price),
        amount=Dollars(amount),
        **more,
    )


def invoiced_charges(
    order: TaskOrder,
    *lines: Any,
    number: str = "MM-SEATS-1",
    at: datetime,
) -> Invoice:
    """The vendor's invoice of these lines, right in every other point."""
    return receive_invoice(
        order_id=order.pk,
        number=number,
        invoiced_on=accounting_day(at, order.contract.time_zone),
        period_start=min(line.period_start for line in lines),
        period_end=max(line.period_end for line in lines),
        header=header_of(order),
        lines=lines,
        total=total_dollars(line.amount for line in lines),
        content=b"[]",
        by=machine("vendor_a_machine"),
        at=at,
    )

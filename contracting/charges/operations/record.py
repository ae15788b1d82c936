"""The representative records what was received of a service."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.charges import events, permissions, queries
from contracting.charges.models import Receipt
from contracting.charges.operations.charge import _lock_order, _post_charge
from contracting.charges.refusals import (
    DayOutside,
    NoPriceOnTheDay,
    NotOfThisStructure,
    PeriodAccepted,
    QuantityInvalid,
    WordsMissing,
)
from contracting.charges.states import Due, PriceOfDays
from contracting.core.actors import Actor
from contracting.core.periods import Period, day_bounds
from contracting.core.permissions import require
from contracting.core.quantities import Dollars, LossyAmount, units
from contracting.ledger.queries import lock_funds
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.orders.models import OrderLine, TaskOrder
from contracting.reference.states import PriceStructure, Unit

MOST = Decimal(10) ** 9


@transaction.atomic
def record_receipt(
    *,
    order_line_id: int,
    received_on: date,
    received: Decimal,
    rejected: Decimal = Decimal(0),
    words: str,
    evidence: str,
    by: Actor,
    at: datetime,
) -> Receipt:
    """Record a receipt; what is received in order is charged at the day's price.

    What is rejected is recorded and costs nothing. Beyond the funds or the quantity of
    the order it is unfunded in full (R-FND-08).

    :param received_on: the day of delivery in the contract's time zone
    :param received: units in order, at most 6 decimals; whole where pieces are bought
    :param rejected: units that were delivered and are not accepted
    :param evidence: what proves it: a delivery note, a ticket, a log
    :raises NotAllowed: if ``by`` is not the designated representative (R-ROL-05)
    :raises NotOfThisStructure: if the line is no service
    :raises DayOutside: for a day outside the period of performance, or in the future
    :raises NoPriceOnTheDay: if no price per unit is in force on it
    :raises QuantityInvalid: for a quantity that cannot be
    :raises WordsMissing: without words or evidence
    :raises PeriodAccepted: if the day is accepted on an invoice (R-MET-05)
    """
    order_id = OrderLine.objects.values_list("order_id", flat=True).get(
        pk=order_line_id
    )
    order = _lock_order(order_id)
    require(permissions.can_record_receipt(by, order, queries.day_of(at, order)))
    line = OrderLine.objects.select_related("contract_line").get(pk=order_line_id)
    line.order = order
    _guard(line, received, rejected, words, evidence)
    price, period = _place(line, received_on, at)
    lock_funds(holders=[line.holder])
    receipt = Receipt.objects.create(
        line=line,
        received_on=received_on,
        units=received,
        rejected_units=rejected,
        words=words.strip(),
        evidence=evidence.strip(),
        recorded_by_id=by.own_membership_id,
        receipt_recorded_at=at,
    )
    dollars = price.price.of(received)
    if dollars > Dollars():
        due = Due(
            received_on,
            received_on,
            price.unit_rate_id,
            price.price,
            received,
            dollars,
        )
        _post_charge(line, due, period, by, at, receipt)
    _tell(receipt, order, dollars, by, at)
    record_event(
        events.RECEIPT_RECORDED,
        subject=receipt.subject,
        by=by,
        at=at,
        data={
            "clin": line.clin,
            "received_on": received_on,
            "units": received,
            "rejected_units": rejected,
            "usd_per_unit": price.price.usd_per_unit,
            "dollars": dollars,
            "words": receipt.words,
            "evidence": receipt.evidence,
        },
    )
    return receipt


def _guard(
    line: OrderLine, received: Decimal, rejected: Decimal, words: str, evidence: str
) -> None:
    is_service = line.contract_line.structure == PriceStructure.SERVICE
    if line.is_removed or not is_service:
        message = f"Line {line.clin} is no service: nothing is received on it."
        raise NotOfThisStructure(message, clin=line.clin)
    for quantity in (received, rejected):
        if not _can_be(quantity, line.unit):
            whole = "whole pieces" if line.unit == Unit.EACH else "at most 6 decimals"
            message = f"A quantity is not negative, below {MOST:,}, in {whole}."
            raise QuantityInvalid(message)
    if not received and not rejected:
        message = "Say how much was received, or how much was rejected."
        raise QuantityInvalid(message)
    if not words.strip() or not evidence.strip():
        message = (
            "Say what was received, why a part of it is rejected, and what proves it."
        )
        raise WordsMissing(message, pointer="/evidence")


def _can_be(quantity: Decimal, unit: str) -> bool:
    try:
        units(quantity)
    except LossyAmount:
        return False
    is_whole = unit != Unit.EACH or quantity == quantity.to_integral_value()
    return 0 <= quantity < MOST and is_whole


def _place(
    line: OrderLine, received_on: date, at: datetime
) -> tuple[PriceOfDays, Period]:
    """The price of the day, and the day in UTC."""
    order = line.order
    today = queries.day_of(at, order)
    if not order.period_start <= received_on <= min(order.period_end, today):
        message = (
            f"{received_on} lies outside the period of performance, "
            f"{order.period_start} to {order.period_end}, or is not there yet."
        )
        raise DayOutside(message)
    price = next(
        (each for each in queries.prices_of(line) if each.holds_on(received_on)), None
    )
    if price is None:
        message = f"Line {line.clin} has no price per unit on {received_on}."
        raise NoPriceOnTheDay(message, clin=line.clin)
    period = day_bounds(received_on, order.contract.time_zone)
    require_open(line, period)
    return price, period


def require_open(line: OrderLine, period: Period) -> None:
    """Insist that nothing is changed beneath an acceptance.

    :raises PeriodAccepted: naming the invoice (R-MET-05)
    """
    number = queries.accepted_on(line, period.start, period.end)
    if number:
        message = (
            f"That day is accepted on invoice {number}: nothing is changed beneath it. "
            "Settle the difference with the vendor."
        )
        raise PeriodAccepted(message, invoice=number)


def _tell(
    receipt: Receipt, order: TaskOrder, dollars: Dollars, by: Actor, at: datetime
) -> None:
    unit = receipt.line.unit
    body = f"{receipt.units.normalize():f} {unit} for {dollars}."
    if receipt.rejected_units:
        body += f" Rejected: {receipt.rejected_units.normalize():f} {unit}."
    post_notice(
        recipients=[Recipient(organization_id=order.contract.vendor_id)],
        subject=receipt.subject,
        title=f"Received on line {receipt.line.clin} of order {order.piid}",
        body=f"{body} {receipt.words}",
        url_path=f"{order.path}/charges",
        by=by,
        at=at,
    )

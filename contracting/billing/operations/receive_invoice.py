"""Receive an invoice, or say at once everything that makes it improper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from accounts.states import Role
from contracting.audit.operations.record import record_event
from contracting.billing import calculations, events, permissions, queries
from contracting.billing.calculations import Stated, StatedCharge, StatedLine
from contracting.billing.calculations.arithmetic import wrong_arithmetic
from contracting.billing.models import ChargeLine, Invoice, InvoiceLine
from contracting.billing.refusals import all_at_once
from contracting.billing.states import ChargeKind
from contracting.core.actors import Actor
from contracting.core.errors import Refusal
from contracting.core.permissions import require
from contracting.core.quantities import Dollars
from contracting.documents.operations.store import store_blob
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.orders.models import OrderLine, TaskOrder
from contracting.reference.models import AiModel, TokenClass
from contracting.reference.states import Unit


@transaction.atomic
def receive_invoice(
    *,
    order_id: int,
    number: str,
    invoiced_on: date,
    period_start: datetime,
    period_end: datetime,
    header: Mapping[str, str],
    lines: Sequence[StatedLine | StatedCharge],
    total: Dollars,
    content: bytes,
    media_type: str = "application/json",
    by: Actor,
    at: datetime,
) -> Invoice:
    """Receive a proper invoice on one order.

    An improper one is refused on receipt with every defect named, which is its return
    under FAR 32.905(b)(3) on the same day; nothing of it is kept. The refusal is that
    of the first defect; its data list them all.

    :param lines: of tokens, and of what is owed by the month, hour, piece or settlement
    :param content: the invoice as it was sent, kept with its hash
    :raises NotAllowed: if ``by`` is not of the contract's vendor
    :raises ImproperInvoice: R-INV-01
    :raises ArithmeticWrong: R-INV-07
    :raises OutsidePeriod: R-INV-06
    :raises PriceOfTwoPeriods: R-INV-04
    :raises DuplicateInvoice: R-INV-03
    :raises NothingToAdjust: R-MET-05
    :raises AmountExceedsObligation: R-INV-05
    """
    order = queries.locked_order(order_id)
    require(permissions.can_receive_invoice(by, order))
    stated = Stated(
        number=number.strip(),
        invoiced_on=invoiced_on,
        period_start=period_start,
        period_end=period_end,
        header=dict(header),
        lines=tuple(lines),
        total=total,
    )
    places = _places(order)
    _guard(order, stated, places, at)
    invoice = Invoice.objects.create(
        order=order,
        vendor_id=order.contract.vendor_id,
        number=stated.number,
        invoiced_on=invoiced_on,
        period_start=period_start,
        period_end=period_end,
        header=stated.header,
        total_dollars=total.amount,
        payload=store_blob(content=content, media_type=media_type),
        received_at=at,
        received_by=by.name,
    )
    _add_lines(invoice, stated, places)
    post_notice(
        recipients=[Recipient(organization_id=order.contract.agency_id, role=Role.COR)],
        subject=invoice.subject,
        title=f"Invoice {invoice.number} on order {order.piid} was received",
        body=f"${total.amount:,.2f} is asked for. It is reconciled tonight.",
        url_path=invoice.path,
        by=by,
        at=at,
    )
    record_event(
        events.INVOICE_RECEIVED,
        subject=invoice.subject,
        by=by,
        at=at,
        data={
            "number": invoice.number,
            "total": total,
            "lines": len(stated.lines),
            "sha256": invoice.payload.sha256,
        },
    )
    return invoice


@dataclass(frozen=True, slots=True)
class _Places:
    """What the words of an invoice line may name."""

    lines: Mapping[str, OrderLine]
    models: Mapping[str, AiModel]
    classes: Mapping[str, TokenClass]


def _places(order: TaskOrder) -> _Places:
    lines = order.lines.filter(is_removed=False).select_related("contract_line")
    return _Places(
        lines={line.clin: line for line in lines},
        models={model.snapshot: model for model in AiModel.objects.all()},
        classes={row.code: row for row in TokenClass.objects.all()},
    )


def _guard(order: TaskOrder, stated: Stated, places: _Places, at: datetime) -> None:
    """Every defect of the invoice is found before anything is refused.

    :raises Refusal: the first defect's own refusal, with all of them in its data
    """
    found: list[Refusal] = [
        *calculations.improper(
            stated,
            lines=places.lines,
            models=places.models,
            numbers={
                "contract_number": order.contract.piid or "",
                "order_number": order.piid or "",
            },
        ),
        *wrong_arithmetic(
            stated,
            {
                clin
                for clin, line in places.lines.items()
                if line.contract_line.is_by_volume
            },
        ),
        *calculations.outside(
            stated, order.period, zone=order.contract.time_zone, at=at
        ),
        *queries.of_another_structure(stated, places.lines),
        *calculations.of_two_prices(stated, queries.prices_of(order)),
        *queries.invoiced_before(order, stated, places.lines),
        *queries.not_to_adjust(stated, places.lines),
        *queries.beyond_the_obligation(stated, places.lines),
    ]
    all_at_once(found)


def _add_lines(invoice: Invoice, stated: Stated, places: _Places) -> None:
    for position, charge in stated.charged:
        order_line = places.lines[charge.clin]
        ChargeLine.objects.create(
            invoice=invoice,
            position=position,
            order_line=order_line,
            acrn=charge.acrn,
            description=charge.description or order_line.description,
            kind=charge.kind,
            period=DateTimeTZRange(charge.period_start, charge.period_end, "[)"),
            unit=order_line.unit if charge.kind == ChargeKind.CHARGE else Unit.EACH,
            units=charge.units,
            usd_per_unit=charge.unit_price.usd_per_unit,
            amount_dollars=charge.amount.amount,
        )
    for position, line in stated.numbered:
        token_class = places.classes[line.token_class_code]
        order_line = places.lines[line.clin]
        late_for = (
            queries.adjusted_line(order_line, line) if line.is_adjustment else None
        )
        InvoiceLine.objects.create(
            invoice=invoice,
            position=position,
            order_line=order_line,
            kind=line.kind,
            adjusts=late_for,
            turn=queries.next_turn(late_for) if late_for else 0,
            acrn=line.acrn,
            description=line.description or token_class.label,
            model=places.models[line.model],
            token_class=token_class,
            tier=line.tier,
            period=DateTimeTZRange(line.period_start, line.period_end, "[)"),
            tokens=line.tokens,
            usd_per_million_tokens=line.unit_price.usd_per_million_tokens,
            amount_dollars=line.amount.amount,
        )

"""Receive an invoice, or say at once everything that makes it improper."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from accounts.states import Role
from contracting.audit.operations.record import record_event
from contracting.billing import calculations, events, permissions, refusals
from contracting.billing.calculations import StatedLine
from contracting.billing.models import Invoice, InvoiceLine
from contracting.billing.states import InvoiceState
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.periods import days_bounds
from contracting.core.permissions import require
from contracting.core.quantities import Dollars, total_dollars
from contracting.documents.operations.store import store_blob
from contracting.ledger.queries import balances_of
from contracting.ledger.states import Holder
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.orders.models import OrderLine, TaskOrder
from contracting.reference.models import AiModel, TokenClass


@transaction.atomic
def receive_invoice(
    *,
    order_id: int,
    number: str,
    invoiced_on: date,
    period_start: datetime,
    period_end: datetime,
    header: Mapping[str, str],
    lines: Sequence[StatedLine],
    total: Dollars,
    content: bytes,
    by: Actor,
    at: datetime,
) -> Invoice:
    """Receive a proper invoice on one order.

    An improper one is refused on receipt with every defect named, which is its return
    under FAR 32.905(b)(3) on the same day; nothing of it is kept.

    :param content: the invoice as it was sent, kept with its hash
    :raises NotAllowed: if ``by`` is not of the contract's vendor
    :raises ImproperInvoice: R-INV-01
    :raises ArithmeticWrong: R-INV-07
    :raises OutsidePeriod: R-INV-06
    :raises DuplicateInvoice: R-INV-03
    :raises AmountExceedsObligation: R-INV-05
    """
    contract_id = TaskOrder.objects.values_list("contract_id", flat=True).get(
        pk=order_id
    )
    Contract.objects.locked().get(pk=contract_id)
    order = TaskOrder.objects.locked().select_related("contract__agency").get(
        pk=order_id
    )
    require(permissions.can_receive_invoice(by, order))
    _guard(order, number, header, lines, total, period_start, period_end)
    order_lines = _order_lines(order, lines)
    _guard_not_invoiced(order, number, lines, order_lines)
    _guard_obligation(lines, order_lines)
    invoice = Invoice.objects.create(
        order=order,
        vendor_id=order.contract.vendor_id,
        number=number.strip(),
        invoiced_on=invoiced_on,
        period_start=period_start,
        period_end=period_end,
        header=dict(header),
        total_dollars=total.amount,
        payload=store_blob(content=content, media_type="application/json"),
        received_at=at,
        received_by=by.name,
    )
    _add_lines(invoice, lines, order_lines)
    post_notice(
        recipients=[
            Recipient(organization_id=order.contract.agency_id, role=Role.COR)
        ],
        subject=invoice.subject,
        title=f"Invoice {invoice.number} on order {order.piid} was received",
        body=f"${total.amount:,.2f} is asked for. It is reconciled tonight.",
        url_path=f"/invoices/{invoice.public_id}",
        by=by,
        at=at,
    )
    record_event(
        events.INVOICE_RECEIVED,
        subject=invoice.subject,
        by=by,
        at=at,
        data={"number": invoice.number, "total": total, "lines": len(lines)},
    )
    return invoice


def _guard(
    order: TaskOrder,
    number: str,
    header: Mapping[str, str],
    lines: Sequence[StatedLine],
    total: Dollars,
    period_start: datetime,
    period_end: datetime,
) -> None:
    gaps = calculations.header_gaps(header, number=number, lines=lines)
    if gaps:
        message = f"Not a proper invoice; it lacks: {'; '.join(gaps)}."
        raise refusals.ImproperInvoice(message, missing=gaps)
    errors = calculations.arithmetic_errors(lines, total)
    if errors:
        raise refusals.ArithmeticWrong(" ".join(errors), errors=errors)
    bounds = days_bounds(
        order.period_start, order.period_end, order.contract.time_zone
    )
    for position, line in enumerate(lines, start=1):
        inside = (
            bounds.start <= line.period_start < line.period_end <= bounds.end
            and period_start <= line.period_start
            and line.period_end <= period_end
        )
        if not inside:
            message = (
                f"Line {position}: its period is not inside the invoice's and the "
                "order's period of performance."
            )
            raise refusals.OutsidePeriod(message, line=position)


def _order_lines(
    order: TaskOrder, lines: Sequence[StatedLine]
) -> dict[str, OrderLine]:
    known = {
        line.contract_line.clin: line
        for line in order.lines.filter(is_removed=False).select_related("contract_line")
    }
    models = set(AiModel.objects.values_list("snapshot", flat=True))
    for position, line in enumerate(lines, start=1):
        if line.clin not in known or line.model not in models:
            message = f"Line {position} names no line or model of order {order.piid}."
            raise refusals.ImproperInvoice(message, line=position)
    return known


def _guard_not_invoiced(
    order: TaskOrder,
    number: str,
    lines: Sequence[StatedLine],
    order_lines: Mapping[str, OrderLine],
) -> None:
    gone = [InvoiceState.RETURNED, InvoiceState.WITHDRAWN]
    same = Invoice.objects.filter(
        vendor_id=order.contract.vendor_id, number=number.strip()
    ).exclude(state__in=gone)
    if same.exists():
        message = f"Invoice {number} was received already."
        raise refusals.DuplicateInvoice(message, number=number)
    seen: dict[tuple[str, ...], list[tuple[datetime, datetime]]] = defaultdict(list)
    for position, line in enumerate(lines, start=1):
        key = (line.clin, line.model, line.token_class_code, line.tier)
        twice = any(
            start < line.period_end and line.period_start < end
            for start, end in seen[key]
        )
        before = InvoiceLine.objects.filter(
            order_line=order_lines[line.clin],
            model__snapshot=line.model,
            token_class__code=line.token_class_code,
            tier=line.tier,
            period__overlap=DateTimeTZRange(line.period_start, line.period_end, "[)"),
            voided_at__isnull=True,
        ).exists()
        if twice or before:
            message = f"Line {position}: this line and period is invoiced already."
            raise refusals.DuplicateInvoice(message, line=position)
        seen[key].append((line.period_start, line.period_end))


def _guard_obligation(
    lines: Sequence[StatedLine], order_lines: Mapping[str, OrderLine]
) -> None:
    asked: dict[str, list[Dollars]] = defaultdict(list)
    for line in lines:
        asked[line.clin].append(line.amount)
    for clin, amounts in sorted(asked.items()):
        rows = balances_of(Holder("orders.line", order_lines[clin].pk))
        left = total_dollars(
            Dollars(row.obligated_dollars) - Dollars(row.accepted_dollars)
            for row in rows
        )
        total = total_dollars(amounts)
        if total > left:
            message = (
                f"Line {clin}: {total} is invoiced; {left} is obligated and not yet "
                "accepted."
            )
            raise refusals.AmountExceedsObligation(
                message, clin=clin, short_by=total - left
            )


def _add_lines(
    invoice: Invoice,
    lines: Sequence[StatedLine],
    order_lines: Mapping[str, OrderLine],
) -> None:
    models = {model.snapshot: model for model in AiModel.objects.all()}
    classes = {row.code: row for row in TokenClass.objects.all()}
    for position, line in enumerate(lines, start=1):
        InvoiceLine.objects.create(
            invoice=invoice,
            position=position,
            order_line=order_lines[line.clin],
            acrn=line.acrn,
            description=line.description or classes[line.token_class_code].label,
            model=models[line.model],
            token_class=classes[line.token_class_code],
            tier=line.tier,
            period=DateTimeTZRange(line.period_start, line.period_end, "[)"),
            tokens=line.tokens,
            usd_per_million_tokens=line.unit_price.usd_per_million_tokens,
            amount_dollars=line.amount.amount,
        )

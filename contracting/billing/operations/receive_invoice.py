"""Receive an invoice, or say at once everything that makes it improper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from accounts.states import Role
from contracting.audit.operations.record import record_event
from contracting.billing import events, paperwork, permissions, queries
from contracting.billing.calculations import AnyLine, Stated
from contracting.billing.models import (
    ChargeLine,
    CreditDue,
    CreditLine,
    Invoice,
    InvoiceDraft,
    InvoiceLine,
)
from contracting.billing.queries import proper
from contracting.billing.queries.clocks import corrected_by
from contracting.billing.queries.proper import (
    Places,
    allowance_for,
    defects_of,
    places_of,
    same_number,
)
from contracting.billing.refusals import ImproperInvoice, all_at_once
from contracting.billing.states import ChargeKind
from contracting.core.actors import Actor
from contracting.core.canonical import content_sha256
from contracting.core.permissions import require
from contracting.core.quantities import Dollars, total_dollars
from contracting.documents.operations.request import request_document
from contracting.documents.operations.store import store_blob
from contracting.documents.states import DocumentKind
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.orders.models import TaskOrder
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
    lines: Sequence[AnyLine],
    total: Dollars,
    content: bytes,
    media_type: str = "application/json",
    corrects: str = "",
    draft: str = "",
    by: Actor,
    at: datetime,
) -> Invoice:
    """Receive a proper invoice on one order.

    An improper one is refused on receipt with every defect named, which is its return
    under FAR 32.905(b)(3) on the same day; nothing of it is kept. The refusal is that
    of the first defect; its data list them all.

    :param lines: of tokens, of what is owed by the month, hour, piece or settlement,
        and of credits that are due, which are taken off
    :param total: the lines less the credits
    :param content: the invoice as it was sent, kept with its hash
    :param corrects: the number of the returned invoice that this one corrects; without
        one it is the returned invoice of the same number or period (R-INV-02)
    :param draft: the public id of what was filled in; what differs from it is marked
    :raises NotAllowed: if ``by`` is not of the contract's vendor
    :raises ImproperInvoice: R-INV-01
    :raises ArithmeticWrong: R-INV-07
    :raises OutsidePeriod: R-INV-06
    :raises PriceOfTwoPeriods: R-INV-04
    :raises DuplicateInvoice: R-INV-03
    :raises NothingToAdjust: R-MET-05
    :raises AmountExceedsObligation: R-INV-05
    :raises CreditNotDue: if more of a credit is taken off than is open (R-PAY-06)
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
    places = places_of(order)
    all_at_once(defects_of(order, stated, places, at))
    invoice = keep_invoice(
        order,
        stated,
        content,
        media_type,
        corrects.strip(),
        received_at=at,
        by=by,
        draft=InvoiceDraft.objects.filter(order=order, public_id=draft).first(),
    )
    add_lines(invoice, stated, places, at)
    print_invoice(invoice, by, at)
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
            "credited": _credited(stated),
            "sha256": invoice.payload.sha256,
            "corrects": invoice.corrects.number if invoice.corrects else None,
        },
    )
    return invoice


def keep_invoice(
    order: TaskOrder,
    stated: Stated,
    content: bytes,
    media_type: str,
    corrects: str,
    *,
    received_at: datetime,
    by: Actor,
    **more: Any,
) -> Invoice:
    """The row of an invoice without its lines.

    :raises ImproperInvoice: if it names a returned invoice to correct that is not there
    """
    former = corrected_by(order.pk, stated, corrects)
    if corrects and former is None:
        message = f"There is no returned invoice {corrects[:40]!r} to correct."
        raise ImproperInvoice(message, element="corrects")
    takes_number = "defects" not in more and same_number(order, stated).exists()
    return Invoice.objects.create(
        order=order,
        vendor_id=order.contract.vendor_id,
        number=stated.number,
        allowance=allowance_for(order, stated.number) if takes_number else None,
        corrects=former,
        invoiced_on=stated.invoiced_on,
        period_start=stated.period_start,
        period_end=stated.period_end,
        header=stated.header,
        total_dollars=stated.total.amount,
        credited_dollars=0 if "defects" in more else _credited(stated).amount,
        payload=store_blob(content=content, media_type=media_type),
        received_at=received_at,
        received_by=by.name,
        **more,
    )


def add_lines(invoice: Invoice, stated: Stated, places: Places, at: datetime) -> None:
    """Keep what a proper invoice asks for, line by line, and take its credits off."""
    _take_credits(invoice, stated, at)
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
            proper.adjusted_line(order_line, line) if line.is_adjustment else None
        )
        InvoiceLine.objects.create(
            invoice=invoice,
            position=position,
            order_line=order_line,
            kind=line.kind,
            adjusts=late_for,
            turn=proper.next_turn(late_for) if late_for else 0,
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


def print_invoice(invoice: Invoice, by: Actor, at: datetime) -> None:
    """What came in, as a sheet that people read; the file stays the invoice."""
    contract = invoice.order.contract
    content = paperwork.invoice_sheet(invoice)
    request_document(
        kind=DocumentKind.INVOICE,
        subject=invoice.subject,
        title=f"Invoice {invoice.number or 'without a number'}, as received",
        number=invoice.number or invoice.public_id,
        agency_id=contract.agency_id,
        vendor_id=contract.vendor_id,
        context=content,
        content_sha256=content_sha256(content),
        version=1,
        by=by,
        at=at,
    )


def _credited(stated: Stated) -> Dollars:
    taken_off = (line.amount for _position, line in stated.credited)
    return total_dollars(taken_off).to_cents()


def _take_credits(invoice: Invoice, stated: Stated, at: datetime) -> None:
    """Take each credit off, so that no other invoice takes it again."""
    named = {line.credit: (position, line) for position, line in stated.credited}
    for credit in CreditDue.objects.locked().filter(
        order=invoice.order_id, public_id__in=named
    ):
        position, line = named[credit.public_id]
        CreditLine.objects.create(
            invoice=invoice,
            position=position,
            credit=credit,
            description=line.description or credit.get_kind_display().capitalize(),
            amount_dollars=line.amount.amount,
            taken_at=at,
        )
        credit.taken_dollars += line.amount.amount
        credit.save(update_fields=["taken_dollars"])

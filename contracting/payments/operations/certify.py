"""Certify what is accepted for payment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.billing.models import Invoice
from contracting.billing.operations.settle_credit import settle_credit
from contracting.billing.states import InvoiceState, SettlementKind
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.canonical import content_sha256
from contracting.core.errors import Stale
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.core.quantities import Dollars, total_dollars
from contracting.documents.models import Document
from contracting.documents.operations.request import request_document
from contracting.documents.states import DocumentKind
from contracting.ledger.queries import require_open_accounts
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.orders.models import TaskOrder
from contracting.payments import events, paperwork, permissions, queries
from contracting.payments.models import (
    CertifiedAcceptance,
    PaymentCertification,
    PaymentOffset,
)
from contracting.payments.queries.clocks import (
    accelerated_on,
    clocks_of,
    discount_for,
    state_by_vouchers,
    sum_of,
    uncertified,
)
from contracting.payments.queries.offsets import Offset, offsets_for
from contracting.payments.queries.seen import seen_of
from contracting.payments.refusals import AlreadyCertified, NotAccepted
from contracting.reconciliation.models import Acceptance


@transaction.atomic
def certify_payment(
    *,
    invoice_id: int,
    set_off: bool = True,
    seen_sha256: str | None = None,
    by: Actor,
    at: datetime,
) -> PaymentCertification:
    """Certify what is accepted and on no voucher yet, less credits and discount.

    What is withheld stays withheld; what is accepted of it later is certified later, by
    a voucher of its own. Credits on the invoice are taken off first, then those that
    are due on the order and that the vendor has not stated. A credit is taken off only
    as far as its funds have paid or pay now; the rest waits for the next voucher.

    Usage that was accepted and comes to less than half a cent is certified at $0.00:
    the voucher says so, names no funds, and settles the invoice.

    The voucher names the funds by order line and ACRN and its due date (FAR
    52.232-25(a)(1)), and for a small business the day by which it is to be paid before
    that (FAR 32.009).

    :param set_off: whether credits that the invoice does not state are taken off too
    :param seen_sha256: what the certifier has read, by :func:`.queries.seen.seen_of`;
        every page sends it
    :raises NotAllowed: if ``by`` is no payment certifier, accepted the usage or signed
        the order (R-ROL-04)
    :raises AlreadyCertified: if all of it is certified or paid already
    :raises AccountCancelled: from an account that was closed (R-FND-05)
    :raises NotAccepted: if nothing is accepted (R-FND-10)
    :raises Stale: if another voucher was read than would be signed
    """
    invoice = _lock_invoice(invoice_id)
    require(permissions.can_certify_payment(by, invoice))
    accepted = _waiting(invoice)
    on = accounting_day(at, invoice.order.contract.time_zone)
    _guard_seen(invoice, on, seen_sha256)
    parts = queries.accepted_by_acrn(accepted)
    require_open_accounts(queries.lines_of_accounting_of(parts), on=on)
    total = sum_of(accepted)
    clocks = {each: clocks_of(each) for each in accepted}
    due = min(each.due_on for each in clocks.values())
    offsets = offsets_for(invoice, parts, set_off=set_off)
    taken_off = total_dollars(each.dollars for each in offsets).to_cents()
    certification = PaymentCertification.objects.create(
        invoice=invoice,
        voucher_number=_voucher_number(invoice.order),
        offset_dollars=taken_off.amount,
        **_less_discount(invoice, total - taken_off, at),
        by_acrn=_plain(parts),
        due_on=due,
        accelerated_on=accelerated_on(accepted, on),
        certified_by_id=by.own_membership_id,
        certified_at=at,
    )
    for each, found in clocks.items():
        CertifiedAcceptance.objects.create(
            certification=certification,
            acceptance=each,
            due_on=found.due_on,
            interest_after=found.interest_after,
        )
    _take_off(certification, offsets, by, at)
    _move_by_vouchers(invoice)
    paper = _print(certification, by, at)
    _tell(certification, by, at)
    record_event(
        events.PAYMENT_CERTIFIED,
        subject=certification.subject,
        by=by,
        at=at,
        data={
            "invoice": invoice.number,
            "voucher": certification.voucher_number,
            "dollars": Dollars(certification.dollars),
            "credits": taken_off,
            "discount": Dollars(certification.discount_dollars),
            "withheld": queries.withheld_of(invoice),
            "by_acrn": certification.by_acrn,
            "due_on": due,
            "accelerated_on": certification.accelerated_on,
            "content_sha256": paper.content_sha256,
        },
    )
    return certification


def _waiting(invoice: Invoice) -> list[Acceptance]:
    """What is accepted and on no standing voucher."""
    if invoice.state in {InvoiceState.CERTIFIED, InvoiceState.PAID}:
        message = "This invoice is certified for payment already."
        raise AlreadyCertified(message)
    accepted = list(uncertified(invoice))
    if invoice.state != InvoiceState.ACCEPTED or not accepted:
        message = "Nothing of this invoice is accepted, so nothing can be paid."
        raise NotAccepted(message)
    return accepted


def _guard_seen(invoice: Invoice, on: date, seen: str | None) -> None:
    current = seen_of(invoice, on)
    if seen is not None and seen != current:
        message = (
            "What is to be certified has changed since you read it: more is accepted, "
            "or credits, discount or due date are others. Load the page again, and "
            "certify what it shows then. Nothing was recorded."
        )
        raise Stale(message, seen=seen, current=current)


def _less_discount(invoice: Invoice, dollars: Dollars, at: datetime) -> dict[str, Any]:
    """The amount and the discount, if one is offered, in time and worth it."""
    on = accounting_day(at, invoice.order.contract.time_zone)
    discount = discount_for(invoice, dollars, on)
    if discount is None:
        return {"dollars": dollars.amount}
    off = discount.of(dollars)
    return {
        "dollars": (dollars - off).amount,
        "discount_dollars": off.amount,
        "discount_until": discount.last_day(invoice.invoiced_on),
    }


def _print(certification: PaymentCertification, by: Actor, at: datetime) -> Document:
    """The voucher as it was certified, for the vendor and the finance system."""
    invoice = certification.invoice
    contract = invoice.order.contract
    content = paperwork.voucher(certification)
    return request_document(
        kind=DocumentKind.VOUCHER,
        subject=certification.subject,
        title=f"Voucher {certification.voucher_number} for invoice {invoice.number}",
        number=certification.voucher_number,
        agency_id=contract.agency_id,
        vendor_id=invoice.vendor_id,
        context=content,
        content_sha256=content_sha256(content),
        version=1,
        by=by,
        at=at,
    )


def _tell(certification: PaymentCertification, by: Actor, at: datetime) -> None:
    invoice, due = certification.invoice, certification.due_on
    withheld = queries.withheld_of(invoice).amount
    credits, discount = certification.offset_dollars, certification.discount_dollars
    post_notice(
        recipients=[Recipient(organization_id=invoice.vendor_id)],
        subject=certification.subject,
        title=f"Invoice {invoice.number}: ${certification.dollars:,.2f} will be paid",
        body=(
            f"Due on {due.day} {due:%b %Y}. Invoiced ${invoice.asked.amount:,.2f}; "
            f"withheld ${withheld:,.2f}; credits ${credits:,.2f}; discount "
            f"${discount:,.2f}."
        ),
        url_path=certification.path,
        by=by,
        at=at,
    )


def _lock_invoice(invoice_id: int) -> Invoice:
    """Lock contract, order and invoice, in this order."""
    order_id, contract_id = Invoice.objects.values_list(
        "order_id", "order__contract_id"
    ).get(pk=invoice_id)
    Contract.objects.locked().get(pk=contract_id)
    TaskOrder.objects.locked().get(pk=order_id)
    return (
        Invoice.objects.locked()
        .select_related("order__contract__agency", "vendor")
        .get(pk=invoice_id)
    )


def _move_by_vouchers(invoice: Invoice) -> None:
    """Move a locked invoice to where its vouchers are, if it is not there."""
    target = state_by_vouchers(invoice)
    if target != invoice.state:
        invoice.move_to(target)


def _take_off(
    certification: PaymentCertification,
    offsets: Sequence[Offset],
    by: Actor,
    at: datetime,
) -> None:
    """Write what the voucher takes off; a credit that is set off is settled by it."""
    for each in offsets:
        settlement = each.settlement
        if each.line is None and settlement is None:
            settlement = settle_credit(
                credit_id=each.credit.pk,
                kind=SettlementKind.SET_OFF,
                dollars=each.dollars,
                reference=certification.voucher_number,
                by=by,
                at=at,
            )
        PaymentOffset.objects.create(
            certification=certification,
            credit=each.credit,
            credit_line=each.line,
            settlement=settlement,
            dollars=each.dollars.amount,
        )


def _voucher_number(order: TaskOrder) -> str:
    """The next of the order; its lock makes the numbers gapless."""
    before = PaymentCertification.objects.filter(invoice__order=order).count()
    return f"{order.piid}-V{before + 1:03d}"


def _plain(parts: dict[int, dict[str, Dollars]]) -> dict[str, dict[str, str]]:
    return {
        str(line_id): {
            acrn: dollars.plain() for acrn, dollars in by_acrn.items() if dollars
        }
        for line_id, by_acrn in parts.items()
        if any(by_acrn.values())
    }
